import { PAGES } from '../../../pages.ts';
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
  remedy: 'Remember which task ids were worked off, before the work begins, and answer known ones at once.',
  sources: [PAGES.extend],
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
