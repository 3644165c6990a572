import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const keepsTasksApart: ReceiverCase = {
  id: 'RCV-IDM-07',
  group: 'Idempotency',
  title: 'Two tasks that look alike are both worked off',
  level: 'must',
  requirement:
    'Two callbacks that differ in nothing but the task (its id and its media) are two pieces of work.',
  why: 'Whoever de-duplicates by prompt, by minute or by code loses videos that were paid for.',
  remedy:
    'Use the task id together with its final state as the key: nothing of the content, and no time. A callback that announces progress claims nothing, or the one with the result would count as its duplicate.',
  basis: ['retries'],
  async run(stage) {
    const tasks = [await stage.task(), await stage.task()];
    const passages = [];
    for (const task of tasks) passages.push(await stage.send(task));
    return {
      stimulus: 'two callbacks that differ in the task alone',
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, ...tasks.map(({ taskId }) => taskId)),
    };
  },
};
