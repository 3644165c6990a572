import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const processesSimilarTasks: ReceiverCase = {
  id: 'RCV-IDM-07',
  group: 'Idempotency',
  title: 'Two similar tasks are both processed',
  level: 'must',
  requirement:
    'The receiver MUST process both of two callbacks that differ only in the task, that is, in its id and its media.',
  why: 'Deduplication by prompt, time or code loses videos that were paid for.',
  remedy:
    'Use the task id together with its final state as the key, without content or time. A progress callback must not claim the key; otherwise, the callback with the result counts as its duplicate.',
  basis: [
    'callbackBody',
    {
      derived:
        'Every accepted request creates a separate task, even if its content equals that of a previous one.',
    },
  ],
  async run(context) {
    const tasks = [await context.task(), await context.task()];
    const attempts = [];
    for (const task of tasks) attempts.push(await context.send(task));
    return {
      stimulus: 'two callbacks that differ only in the task',
      ack: acknowledged(context.subject, ...attempts),
      effect: await effects(context, 1, ...tasks.map(({ taskId }) => taskId)),
    };
  },
};
