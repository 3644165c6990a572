import { reverseKeys } from '../../anatomy.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { seeSignatures, tookForForged } from '../../signature-forms.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const knowsTaskById: ReceiverCase = {
  id: 'RCV-IDM-05',
  group: 'Idempotency',
  title: 'A task is known by its id, not by the bytes',
  level: 'should',
  requirement:
    'Two callbacks about one task count as the same although their keys stand in another order and white space differs.',
  why: 'A hash of the body tells two deliveries apart that are the same to everybody else.',
  remedy:
    'Parse the body, and use the task id together with its final state as the key. A callback that announces progress claims nothing.',
  basis: ['retries'],
  async run(stage) {
    const task = await stage.task();
    const first = await stage.send(task);
    await stage.quiet();
    const second = await stage.send(task.with(JSON.stringify(reverseKeys(task.body), null, 2)));
    const stimulus = 'the same callback with other white space and its keys the other way round';
    if (tookForForged(stage.subject, second)) {
      return { stimulus, ack: seeSignatures('both callbacks are acknowledged') };
    }
    return {
      stimulus,
      ack: acknowledged(stage.subject, first, second),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
