import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceForDuplicate: ReceiverCase = {
  id: 'RCV-IDM-01',
  group: 'Idempotency',
  title: 'A callback that comes twice is worked off once',
  level: 'must',
  requirement:
    'The same callback may come more than once; every one is acknowledged, and the work of the task is done once.',
  why: 'Two downloads, two mails, two bookings for one video.',
  remedy:
    'When a callback announces the end of a task, store the mark for its id and the job to be done in one transaction, before you answer. Acknowledge callbacks about marked tasks at once. A mark without its job loses the work at the next crash, and a mark set by a progress callback loses the result.',
  basis: ['retries'],
  async run(stage) {
    const task = await stage.task();
    const first = await stage.send(task);
    await stage.quiet();
    const second = await stage.send(task);
    return {
      stimulus: 'the same callback twice, one after the other',
      ack: acknowledged(stage.subject, first, second),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
