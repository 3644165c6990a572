import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const survivesBadEmbeddedJson: ReceiverCase = {
  id: 'RCV-ENV-07',
  group: 'Envelope',
  title: 'A text that should be JSON and is not breaks nothing',
  level: 'must',
  requirement:
    'A field that holds JSON as a text may hold something else, or much of it; the callback is acknowledged.',
  why: 'The field echoes what a user wrote; one odd prompt must not stop all callbacks.',
  remedy:
    'Store such a field as text. Where you must parse it, treat a syntax error as "no value" and process the rest of the callback.',
  basis: ['callbackBody'],
  // A receiver that crashes on it must be known to have crashed on this.
  alone: true,
  applies: ({ anatomy }) =>
    anatomy.embedded.length > 0 ? null : 'no field of this event holds JSON as a text',
  async run(stage) {
    const broken = await stage.task();
    const huge = await stage.task();
    const { embedded } = stage.anatomy;
    const long = JSON.stringify({ prompt: 'x'.repeat(64 * 1024) });
    const passages = [
      await stage.send(broken.with(replaceAt(broken.body, embedded, 'not { JSON'))),
      await stage.send(huge.with(replaceAt(huge.body, embedded, long))),
    ];
    return {
      stimulus: 'a success whose embedded JSON is none, and one where it has 64 KB',
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, broken.taskId, huge.taskId),
    };
  },
};
