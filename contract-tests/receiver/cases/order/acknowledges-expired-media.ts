import { acknowledged } from '../../answer-verdicts.ts';
import { mediaLifetime } from '../../pack-figures.ts';
import { probed } from '../../probe-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';

export const acknowledgesExpiredMedia: ReceiverCase = {
  id: 'RCV-ORD-04',
  group: 'Order',
  title: 'A callback with expired media is acknowledged',
  level: 'should',
  requirement:
    'The receiver SHOULD acknowledge a callback that arrives after its media has expired, mark the task as expired, and keep working.',
  why: {
    general: 'When callbacks are replayed manually after a long outage, the media host answers 410.',
    of: (pack) =>
      `When callbacks are replayed manually more than ${mediaLifetime(pack)} after the end of a task, the media host answers 410.`,
  },
  remedy:
    'Treat 410 as final: mark the task as expired and stop downloading. Keep retrying after other errors, such as 503 or a broken connection.',
  basis: [
    'mediaLifetime',
    { derived: 'Callbacks that are replayed after an outage can arrive after their media has expired.' },
  ],
  async run(context) {
    const task = await context.task('media.expired');
    const attempt = await context.send(task);
    await context.quiet();
    const next = await context.send(await context.task());
    return {
      stimulus: 'a success whose media URLs answer 410 Gone, and another success',
      ack: acknowledged(context.subject, attempt, next),
      effect: await probed(
        context,
        task.taskId,
        'state',
        (state) => state === 'expired',
        'the task is marked "expired"',
      ),
    };
  },
};
