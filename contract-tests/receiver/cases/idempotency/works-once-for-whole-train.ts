import { formatDuration } from '../../../../mock-server/index.ts';
import { PAGES } from '../../../pages.ts';
import type { Verdict } from '../../../report.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import type { Subject } from '../../subject.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceForWholeTrain: ReceiverCase = {
  id: 'RCV-IDM-04',
  group: 'Idempotency',
  title: 'A full series of retries is processed once',
  level: 'must',
  requirement:
    'The receiver must acknowledge the first attempt and all retries of one callback, and must do the work once.',
  why: 'After a long network outage, every attempt can still arrive.',
  remedy:
    'Keep the keys of processed callbacks as long as the tasks themselves, without expiry. A short expiry covers the retries, but not callbacks that are replayed manually after an outage.',
  sources: [PAGES.extend],
  async run(stage) {
    const { subject } = stage;
    const { retries } = subject.event.delivery;
    const task = await stage.task();
    const passages = [await stage.send(task)];
    await stage.quiet();
    for (const gapMs of gapsOf(subject)) {
      if (subject.realGaps) await stage.pause(gapMs, "waiting for the vendor's retry gap");
      passages.push(await stage.send(task));
      await stage.quiet();
    }
    return {
      stimulus: `the same callback ${1 + retries} times, the number of attempts of the vendor`,
      ack: acknowledged(subject, ...passages),
      effect: withGaps(await effects(stage, 1, task.taskId), subject),
    };
  },
};

/** Returns the wait before each retry; the last gap is repeated. */
function gapsOf({ event }: Subject): number[] {
  const { retries, gapsMs } = event.delivery;
  return Array.from({ length: retries }, (_none, n) => gapsMs[Math.min(n, gapsMs.length - 1)] ?? 0);
}

/** Adds to a passed verdict which gaps it covers. */
function withGaps(effect: Verdict, subject: Subject): Verdict {
  const gaps = gapsOf(subject).map((gapMs) => formatDuration(gapMs));
  if (effect.status !== 'passed' || gaps.length === 0) return effect;
  const how = subject.realGaps
    ? `with the vendor's gaps of ${gaps.join(', ')}`
    : `without the vendor's gaps of ${gaps.join(', ')}; --real-gaps also finds receivers that forget a task sooner`;
  return { ...effect, actual: `${effect.actual}, ${how}` };
}
