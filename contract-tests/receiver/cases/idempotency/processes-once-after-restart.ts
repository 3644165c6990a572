import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const processesOnceAfterRestart: ReceiverCase = {
  id: 'RCV-IDM-06',
  group: 'Idempotency',
  title: 'A restart does not cause repeated work',
  level: 'should',
  requirement:
    'The receiver SHOULD acknowledge a duplicate that arrives after a restart, and SHOULD NOT repeat the work.',
  why: 'A deployment between a callback and its retry is enough to cause this.',
  remedy: 'Keep the keys of processed callbacks on disk or in a database, not in memory.',
  basis: ['retries', { derived: 'A retry can arrive after the receiver has been restarted.' }],
  alone: true,
  applies: ({ canRestart, nameOption }) =>
    canRestart
      ? null
      : `requires ${nameOption('restart')}, which restarts the receiver and ends once it is listening again`,
  async run(context) {
    const task = await context.task();
    const first = await context.send(task);
    await context.quiet();
    await context.restart();
    const second = await context.send(task);
    return {
      stimulus: 'a callback, a restart of the receiver, and the same callback again',
      ack: acknowledged(context.subject, first, second),
      effect: await effects(context, 1, task.taskId),
    };
  },
};
