import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import { ackRule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const handlesSimultaneousCallbacks: ReceiverCase = {
  id: 'RCV-TIM-04',
  group: 'Timing',
  title: 'Fifty simultaneous callbacks are all processed',
  level: 'should',
  requirement: {
    general:
      'The receiver SHOULD answer fifty simultaneous callbacks for different tasks in time, and do the work of each task.',
    of: (pack) =>
      `The receiver SHOULD answer fifty simultaneous callbacks for different tasks with ${ackRule(pack)}, and do the work of each task.`,
  },
  why: 'The tasks of a batch end at the same time; a receiver that processes one callback at a time answers most of them late.',
  remedy:
    'Keep the work before the answer short: one insert per callback, and no lock that all tasks share. The claim of each task must remain atomic. Queue the rest of the work.',
  basis: ['ackTimeout', { derived: 'Tasks that were submitted together can end at the same time.' }],
  alone: true,
  async run(context) {
    const tasks = await Promise.all(Array.from({ length: 50 }, () => context.task()));
    const attempts = await Promise.all(tasks.map((task) => context.send(task)));
    return {
      stimulus: 'fifty successes at the same time',
      ack: acknowledged(context.subject, ...attempts),
      effect: await effects(context, 1, ...tasks.map(({ taskId }) => taskId)),
    };
  },
};
