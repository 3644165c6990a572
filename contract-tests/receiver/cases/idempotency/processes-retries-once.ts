import { formatDuration } from '../../../../mock-server/internal.ts';
import type { Verdict } from '../../../report.ts';
import { acknowledged } from '../../answer-verdicts.ts';
import { effects } from '../../effect-verdicts.ts';
import { retryGaps, retrySchedule } from '../../pack-figures.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import type { Subject } from '../../subject.ts';

export const processesRetriesOnce: ReceiverCase = {
  id: 'RCV-IDM-04',
  group: 'Idempotency',
  title: 'A full series of retries is processed once',
  level: 'must',
  requirement: {
    general:
      'The receiver MUST acknowledge the first attempt and all retries of one callback, and MUST do the work once.',
    of: (pack) =>
      `The receiver MUST acknowledge the first attempt of a callback and ${retrySchedule(pack)}, and MUST do the work once.`,
  },
  why: 'After a long network outage, every attempt can still arrive.',
  remedy: {
    general:
      'Keep the keys of processed callbacks as long as the tasks themselves, without expiry. A short expiry covers the retries, but not callbacks that are replayed manually after an outage.',
    of: (pack) =>
      `Keep the keys of processed callbacks as long as the tasks themselves, without expiry. A short expiry covers ${retrySchedule(pack)}, but not callbacks that are replayed manually after an outage.`,
  },
  basis: ['retries'],
  async run(context) {
    const { subject } = context;
    const { retries } = subject.event.delivery;
    const task = await context.task();
    const attempts = [await context.send(task)];
    await context.quiet();
    for (const gapMs of retryGaps(subject.event)) {
      if (subject.realGaps) await context.pause(gapMs, "waiting for the vendor's retry gap");
      attempts.push(await context.send(task));
      await context.quiet();
    }
    return {
      stimulus: `the same callback ${1 + retries} times, the number of attempts of the vendor`,
      ack: acknowledged(subject, ...attempts),
      effect: withGaps(await effects(context, 1, task.taskId), subject),
    };
  },
};

/** Adds to a passed verdict which gaps it covers. */
function withGaps(effect: Verdict, subject: Subject): Verdict {
  const gaps = retryGaps(subject.event).map((gapMs) => formatDuration(gapMs));
  if (effect.status !== 'passed' || gaps.length === 0) return effect;
  const how = subject.realGaps
    ? `with the vendor's gaps of ${gaps.join(', ')}`
    : `without the vendor's gaps of ${gaps.join(', ')}; ${subject.nameOption('realGaps')} also finds receivers that forget a task sooner`;
  return { ...effect, actual: `${effect.actual}, ${how}` };
}
