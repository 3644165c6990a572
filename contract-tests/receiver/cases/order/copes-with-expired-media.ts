import { PAGES } from '../../../pages.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { acknowledged, probed } from '../../verdicts.ts';

export const copesWithExpiredMedia: ReceiverCase = {
  id: 'RCV-ORD-04',
  group: 'Order',
  title: 'A callback with expired media is acknowledged',
  level: 'should',
  requirement:
    'The receiver should acknowledge a callback that arrives after its media have expired, mark the task as expired, and keep working.',
  why: 'After an outage of several days, callbacks are replayed manually, and the media host answers 410.',
  remedy:
    'Treat 410 as final: mark the task as expired and stop downloading. Keep retrying after other errors, such as 503 or a broken connection.',
  sources: [PAGES.extend],
  async run(stage) {
    const task = await stage.task('media.expired');
    const passage = await stage.send(task);
    await stage.quiet();
    const next = await stage.send(await stage.task());
    return {
      stimulus: 'a success whose media answer 410 Gone, and another success',
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
