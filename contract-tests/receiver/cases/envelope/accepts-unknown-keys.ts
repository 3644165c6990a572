import { acknowledged } from '../../answer-verdicts.ts';
import type { JsonValue } from '../../callback-shape.ts';
import { replaceAt } from '../../callback-shape.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

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
  async run(context) {
    const task = await context.task();
    const outside = { ...(task.body as Record<string, JsonValue>), addedLater: { anything: [1, null] } };
    const { envelope } = context.shape;
    const body = envelope === null ? outside : replaceAt(outside, [[...envelope, 'addedLater']], 'anything');
    const attempt = await context.send(task.with(body));
    return {
      stimulus: 'a success with undocumented keys at the top level and next to the task id',
      ack: acknowledged(context.subject, attempt),
      effect: await effects(context, 1, task.taskId),
    };
  },
};
