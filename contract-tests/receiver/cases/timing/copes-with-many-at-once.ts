import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const copesWithManyAtOnce: ReceiverCase = {
  id: 'RCV-TIM-04',
  group: 'Timing',
  title: 'Fifty callbacks at once are all taken',
  level: 'should',
  requirement:
    'Fifty callbacks about different tasks at one moment are all answered in time, and the work of each is done.',
  why: 'Batches end together; a receiver that handles one callback at a time is late for most of them.',
  remedy:
    'Keep the work before the answer short: one insert per callback, no lock that all tasks share. The claim of each task must stay atomic. Let a queue absorb the rest.',
  basis: ['ackTimeout'],
  alone: true,
  async run(stage) {
    const tasks = await Promise.all(Array.from({ length: 50 }, () => stage.task()));
    const passages = await Promise.all(tasks.map((task) => stage.send(task)));
    return {
      stimulus: 'fifty successes at the same moment',
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, ...tasks.map(({ taskId }) => taskId)),
    };
  },
};
