import type { ReceiverCase } from '../../receiver-case.ts';
import { effects, notObservable } from '../../verdicts.ts';

export const worksOnceAfterPolling: ReceiverCase = {
  id: 'RCV-ORD-03',
  group: 'Order',
  title: 'A callback after polling saw the end does not repeat the work',
  level: 'must',
  requirement:
    'When polling has already seen the success, the callback that follows is acknowledged and changes nothing.',
  why: 'Polling and callback are two ways to the same news; who uses both does everything twice.',
  remedy:
    'Let polling and callbacks claim the task in the same place, and only when its state is final. What polling saw on the way claims nothing.',
  basis: ['retries'],
  alone: true,
  applies: ({ canSubmit }) =>
    canSubmit
      ? null
      : 'give --submit, a URL or a command that makes your system create a task at the mock (--api-port)',
  async run(stage) {
    const own = await stage.submitted('callback.late');
    await own.finish();
    const polled = await stage.until(own.polledToTheEnd, WITHIN_MS);
    const expected = 'one effect, whichever way the news comes';
    const stimulus = 'a task of the system itself: polling sees its end, then its callback comes';
    if (!polled)
      return { stimulus, effect: notObservable(expected, 'Your system did not poll for this task.') };
    await stage.quiet();
    await own.sendLate();
    return { stimulus, effect: await effects(stage, 1, own.taskId) };
  },
};

/** How long the system under test has to poll, wall time. */
const WITHIN_MS = 10_000;
