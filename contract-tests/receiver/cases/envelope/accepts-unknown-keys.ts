import type { JsonValue } from '../../callback-shape.ts';
import { replaceAt } from '../../callback-shape.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const acceptsUnknownKeys: ReceiverCase = {
  id: 'RCV-ENV-02',
  group: 'Envelope',
  title: 'Unknown keys are ignored',
  level: 'should',
  requirement:
    'The receiver SHOULD ignore keys that the documentation does not list, at the top level and in nested objects.',
  why: 'Vendors add fields without notice; a strict schema then rejects every callback.',
  remedy: 'Validate only the fields that you use, and ignore all others.',
  basis: [
    'callbackBody',
    {
      derived:
        'Vendors extend callbacks without a new version, so a callback can contain more keys than its page lists.',
    },
  ],
  async run(stage) {
    const task = await stage.task();
    const outside = { ...(task.body as Record<string, JsonValue>), addedLater: { anything: [1, null] } };
    const { envelope } = stage.shape;
    const body = envelope === null ? outside : replaceAt(outside, [[...envelope, 'addedLater']], 'anything');
    const attempt = await stage.send(task.with(body));
    return {
      stimulus: 'a success with undocumented keys at the top level and next to the task id',
      ack: acknowledged(stage.subject, attempt),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
