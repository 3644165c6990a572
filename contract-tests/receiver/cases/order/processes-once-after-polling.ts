import { effects } from '../../effect-verdicts.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import { notObservable } from '../../verdicts.ts';
import { whyNotSubmitted } from '../../why-not-submitted.ts';

export const processesOnceAfterPolling: ReceiverCase = {
  id: 'RCV-ORD-03',
  group: 'Order',
  title: 'A callback that follows polling does not repeat the work',
  level: 'must',
  requirement:
    'If polling has already found the success, the application MUST acknowledge the callback that follows and not repeat the work.',
  why: 'Polling and callbacks report the same result; an application that uses both without a shared claim does everything twice.',
  remedy:
    'Let polling and callbacks claim the task in the same place, and only in a final state. A poll that finds a task running must not claim it.',
  basis: [{ derived: 'Polling and callbacks report the result of the same task, so both can find it.' }],
  alone: true,
  applies: whyNotSubmitted,
  async run(context) {
    const own = await context.submitted('callback.late');
    await own.finish();
    const polled = await context.until(own.polledToTheEnd, WITHIN_MS);
    const expected = 'the work is done once, whether polling or the callback reports the result';
    const stimulus =
      'a task that your system creates; polling finds the result, and then the callback is sent';
    if (!polled)
      return { stimulus, effect: notObservable(expected, 'Your system did not poll for this task.') };
    await context.quiet();
    await own.sendLate();
    return { stimulus, effect: await effects(context, 1, own.taskId) };
  },
};

/** Time in which the system under test must poll, wall time. */
const WITHIN_MS = 10_000;
