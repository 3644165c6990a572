import { acknowledged } from '../../answer-verdicts.ts';
import { replaceAt } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const survivesBadEmbeddedJson: ReceiverCase = {
  id: 'RCV-ENV-07',
  group: 'Envelope',
  title: 'Invalid JSON in a string field is tolerated',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge a callback in which a string field that usually contains JSON contains other text or a large JSON document.',
  why: 'The field echoes user input; one unusual prompt must not block callbacks.',
  remedy:
    'Store such a field as text. If you must parse it, treat a syntax error as a missing value and process the rest of the callback.',
  basis: ['callbackBody', { derived: 'The field echoes the input of a user, so it can contain any text.' }],
  // Runs alone, so that a crash of the receiver can be attributed to this case.
  alone: true,
  applies: ({ shape }) =>
    shape.embedded.length > 0 ? null : 'this event has no string field that contains JSON',
  async run(context) {
    const broken = await context.task();
    const huge = await context.task();
    const { embedded } = context.shape;
    const long = JSON.stringify({ prompt: 'x'.repeat(64 * 1024) });
    const attempts = [
      await context.send(broken.with(replaceAt(broken.body, embedded, 'not { JSON'))),
      await context.send(huge.with(replaceAt(huge.body, embedded, long))),
    ];
    return {
      stimulus: 'a success whose embedded JSON is invalid, and one whose embedded JSON has 64 KB',
      ack: acknowledged(context.subject, ...attempts),
      effect: await effects(context, 1, broken.taskId, huge.taskId),
    };
  },
};
