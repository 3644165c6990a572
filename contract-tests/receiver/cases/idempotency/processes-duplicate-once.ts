import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

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
  async run(stage) {
    const task = await stage.task();
    const first = await stage.send(task);
    await stage.quiet();
    const second = await stage.send(task);
    return {
      stimulus: 'the same callback twice in sequence',
      ack: acknowledged(stage.subject, first, second),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
