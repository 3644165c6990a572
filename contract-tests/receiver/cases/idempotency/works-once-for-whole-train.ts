import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceForWholeTrain: ReceiverCase = {
  id: 'RCV-IDM-04',
  group: 'Idempotency',
  title: 'The whole train of retries is worked off once',
  level: 'must',
  requirement: 'The first try and all retries of one callback are acknowledged, and the work is done once.',
  why: 'After an hour of trouble on the network everything that was sent arrives.',
  remedy:
    'Keep the marks as long as the tasks themselves, without an expiry. An hour covers the retries, but not the callbacks that somebody replays by hand after an outage.',
  sources: [PAGES.extend],
  async run(stage) {
    const task = await stage.task();
    const tries = 1 + stage.subject.event.delivery.retries;
    const passages = [];
    for (let n = 0; n < tries; n++) {
      passages.push(await stage.send(task));
      await stage.quiet();
    }
    return {
      stimulus: `the same callback ${tries} times, as often as the vendor would send it`,
      ack: acknowledged(stage.subject, ...passages),
      effect: await effects(stage, 1, task.taskId),
    };
  },
};
