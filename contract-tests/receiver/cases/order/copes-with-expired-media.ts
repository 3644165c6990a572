import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, probed } from '../../verdicts.ts';

export const copesWithExpiredMedia: ReceiverCase = {
  id: 'RCV-ORD-04',
  group: 'Order',
  title: 'A callback whose media have expired is acknowledged',
  level: 'should',
  requirement:
    'A callback that arrives after the media are gone is acknowledged; the task is marked as expired, and the receiver goes on.',
  why: 'After an outage of days callbacks are replayed by hand, and the media host answers 410.',
  remedy:
    'Treat 410 as final: mark the task as expired and stop downloading. Other errors, such as 503 or a broken connection, are still retried.',
  basis: ['retries'],
  async run(stage) {
    const task = await stage.task('media.expired');
    const passage = await stage.send(task);
    await stage.quiet();
    const next = await stage.send(await stage.task());
    return {
      stimulus: 'a success whose media answer 410 Gone, and another callback after it',
      ack: acknowledged(stage.subject, passage, next),
      effect: await probed(
        stage,
        task.taskId,
        'state',
        (state) => state === 'expired',
        'the task is marked "expired"',
      ),
    };
  },
};
