import type { JsonValue } from '../../anatomy.ts';
import { replaceAt } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const acceptsUnknownKeys: ReceiverCase = {
  id: 'RCV-ENV-02',
  group: 'Envelope',
  title: 'Unknown keys are passed over',
  level: 'should',
  requirement: 'Keys that the page does not list are passed over, at the top and further in.',
  why: 'Vendors add fields without a word; a strict schema then refuses every callback.',
  remedy: 'Validate the fields that you use, and ignore all others.',
  basis: ['callbackBody'],
  async run(stage) {
    const task = await stage.task();
    const outside = { ...(task.body as Record<string, JsonValue>), addedLater: { anything: [1, null] } };
    const { envelope } = stage.anatomy;
    const body = envelope === null ? outside : replaceAt(outside, [[...envelope, 'addedLater']], 'anything');
    const passage = await stage.send(task.with(body));
    return {
      stimulus: 'a success with a key that no page lists, at the top and beside the task id',
      ack: acknowledged(stage.subject, passage),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
