import { formatDuration } from '../../../../mock-server/internal.ts';
import type { Verdict } from '../../../report.ts';
import { retryGaps, retrySchedule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import type { Subject } from '../../subject.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const processesRetriesOnce: ReceiverCase = {
  id: 'RCV-IDM-04',
  group: 'Idempotency',
  title: 'A full series of retries is processed once',
  level: 'must',
  requirement: {
    general:
      'The receiver must acknowledge the first attempt and all retries of one callback, and must do the work once.',
    of: (pack) =>
      `The receiver must acknowledge the first attempt of a callback and ${retrySchedule(pack)}, and must do the work once.`,
  },
  why: 'After a long network outage, every attempt can still arrive.',
  remedy: {
    general:
      'Keep the keys of processed callbacks as long as the tasks themselves, without expiry. A short expiry covers the retries, but not callbacks that are replayed manually after an outage.',
    of: (pack) =>
      `Keep the keys of processed callbacks as long as the tasks themselves, without expiry. A short expiry covers ${retrySchedule(pack)}, but not callbacks that are replayed manually after an outage.`,
  },
  basis: ['retries'],
  async run(stage) {
    const { subject } = stage;
    const { retries } = subject.event.delivery;
    const task = await stage.task();
    const attempts = [await stage.send(task)];
    await stage.quiet();
    for (const gapMs of retryGaps(subject.event)) {
      if (subject.realGaps) await stage.pause(gapMs, "waiting for the vendor's retry gap");
      attempts.push(await stage.send(task));
      await stage.quiet();
    }
    return {
      stimulus: `the same callback ${1 + retries} times, the number of attempts of the vendor`,
      ack: acknowledged(subject, ...attempts),
      effect: withGaps(await effects(stage, 1, task.taskId), subject),
    };
  },
};

/** Adds to a passed verdict which gaps it covers. */
function withGaps(effect: Verdict, subject: Subject): Verdict {
  const gaps = retryGaps(subject.event).map((gapMs) => formatDuration(gapMs));
  if (effect.status !== 'passed' || gaps.length === 0) return effect;
  const how = subject.realGaps
    ? `with the vendor's gaps of ${gaps.join(', ')}`
    : `without the vendor's gaps of ${gaps.join(', ')}; --real-gaps also finds receivers that forget a task sooner`;
  return { ...effect, actual: `${effect.actual}, ${how}` };
}
