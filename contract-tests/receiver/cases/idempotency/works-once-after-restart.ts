import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceAfterRestart: ReceiverCase = {
  id: 'RCV-IDM-06',
  group: 'Idempotency',
  title: 'A restart does not forget what was done',
  level: 'should',
  requirement:
    'A duplicate that comes after the receiver was restarted is acknowledged, and the work is not done again.',
  why: 'A deployment between a callback and its retry is enough.',
  remedy: 'Keep the marks on disk or in a database, not in memory.',
  basis: ['retries'],
  alone: true,
  applies: ({ canRestart }) =>
    canRestart
      ? null
      : 'give --restart-cmd, a command that restarts the receiver and ends when it listens again',
  async run(stage) {
    const task = await stage.task();
    const first = await stage.send(task);
    await stage.quiet();
    await stage.restart();
    const second = await stage.send(task);
    return {
      stimulus: 'a callback, a restart of the receiver, and the same callback again',
      ack: acknowledged(stage.subject, first, second),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
