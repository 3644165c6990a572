import { acknowledged } from '../../answer-verdicts.ts';
import { reverseKeys } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { signatureVerdict, wasRejectedAsForged } from '../../signature-forms.ts';

export const identifiesTaskById: ReceiverCase = {
  id: 'RCV-IDM-05',
  group: 'Idempotency',
  title: 'Tasks are identified by id, not by the bytes of the body',
  level: 'should',
  requirement:
    'The receiver SHOULD treat two callbacks of one task as duplicates although the order of their keys and their whitespace differ.',
  why: 'A hash of the body differs between two deliveries with the same content.',
  remedy:
    'Parse the body, and use the task id together with its final state as the key. A progress callback must not claim the key.',
  basis: [
    'callbackBody',
    {
      derived:
        'RFC 8259, sections 1 and 2: whitespace and the order of keys do not change the value of a JSON text.',
    },
  ],
  async run(context) {
    const task = await context.task();
    const first = await context.send(task);
    await context.quiet();
    const second = await context.send(task.with(JSON.stringify(reverseKeys(task.body), null, 2)));
    const stimulus = 'the same callback with different whitespace and its keys in reverse order';
    if (wasRejectedAsForged(context.subject, second)) {
      return { stimulus, ack: signatureVerdict('both callbacks are acknowledged') };
    }
    return {
      stimulus,
      ack: acknowledged(context.subject, first, second),
      effect: await effects(context, 1, task.taskId),
    };
  },
};
