import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const processesDuplicateOnce: ReceiverCase = {
  id: 'RCV-IDM-01',
  group: 'Idempotency',
  title: 'A duplicate callback is processed once',
  level: 'must',
  requirement:
    'The receiver MUST acknowledge every copy of a callback, and MUST do the work of the task once.',
  why: 'Otherwise one video causes two downloads, two emails or two charges.',
  remedy:
    'When a final callback arrives, store the key of its task and the job in one transaction before you answer, and acknowledge duplicates immediately. A key without its job loses the work in a crash, and a key claimed by a progress callback loses the result.',
  basis: [
    'retries',
    {
      derived:
        'A vendor that retries delivers a callback at least once, so the same callback can arrive several times.',
    },
  ],
  async run(context) {
    const task = await context.task();
    const first = await context.send(task);
    await context.quiet();
    const second = await context.send(task);
    return {
      stimulus: 'the same callback twice in sequence',
      ack: acknowledged(context.subject, first, second),
      effect: await effects(context, 1, task.taskId),
    };
  },
};
