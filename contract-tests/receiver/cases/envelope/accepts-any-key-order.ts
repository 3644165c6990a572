import { acknowledged } from '../../answer-verdicts.ts';
import { reverseKeys } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const acceptsAnyKeyOrder: ReceiverCase = {
  id: 'RCV-ENV-01',
  group: 'Envelope',
  title: 'The order of JSON keys is ignored',
  level: 'must',
  requirement: 'The receiver MUST accept the keys of a callback in any order.',
  why: 'A receiver that reads the body with a pattern instead of a parser reads the wrong field when the order changes.',
  remedy: 'Parse the JSON, and read fields by name.',
  basis: [
    'callbackBody',
    { derived: 'RFC 8259, section 1: a JSON object is an unordered collection of name/value pairs.' },
  ],
  async run(context) {
    const plain = await context.task();
    const reversed = await context.task();
    const attempts = [
      await context.send(plain),
      await context.send(reversed.with(reverseKeys(reversed.body))),
    ];
    return {
      stimulus: 'a success with the documented order of keys, and one with its keys in reverse order',
      ack: acknowledged(context.subject, ...attempts),
      effect: await effects(context, 1, plain.taskId, reversed.taskId),
    };
  },
};
