import { formatDuration } from '../../../../mock-server/index.ts';
import type { Verdict } from '../../../report.ts';
import type { ReceiverCase } from '../../receiver-case.ts';
import type { Subject } from '../../subject.ts';
import { acknowledged, effects } from '../../verdicts.ts';

export const worksOnceForWholeTrain: ReceiverCase = {
  id: 'RCV-IDM-04',
  group: 'Idempotency',
  title: 'A callback and all of its retries are processed once',
  level: 'must',
  requirement:
    'The first attempt and all retries of one callback are acknowledged, and the work is done once.',
  why: 'After an hour of network trouble, everything that was sent arrives.',
  remedy:
    'Keep the marks as long as the tasks themselves, without an expiry. An hour covers the retries, but not the callbacks that somebody replays by hand after an outage.',
  basis: ['retries'],
  async run(stage) {
    const { subject } = stage;
    const { retries } = subject.event.delivery;
    const task = await stage.task();
    const passages = [await stage.send(task)];
    await stage.quiet();
    for (const gapMs of gapsOf(subject)) {
      if (subject.realGaps) await stage.pause(gapMs, "waiting for the vendor's gap between two attempts");
      passages.push(await stage.send(task));
      await stage.quiet();
    }
    return {
      stimulus: `the same callback ${1 + retries} times, as often as the vendor sends it`,
      ack: acknowledged(subject, ...passages),
      effect: withGaps(await effects(stage, 1, task.taskId), subject),
    };
  },
};

/** The wait before each retry; the last gap is repeated. */
function gapsOf({ event }: Subject): number[] {
  const { retries, gapsMs } = event.delivery;
  return Array.from({ length: retries }, (_none, n) => gapsMs[Math.min(n, gapsMs.length - 1)] ?? 0);
}

/** A pass says what it does not cover. */
function withGaps(effect: Verdict, subject: Subject): Verdict {
  const gaps = gapsOf(subject).map((gapMs) => formatDuration(gapMs));
  if (effect.status !== 'passed' || gaps.length === 0) return effect;
  const how = subject.realGaps
    ? `with the vendor's gaps of ${gaps.join(', ')}`
    : `without the vendor's gaps of ${gaps.join(', ')}; a receiver that forgets sooner is found with --real-gaps`;
  return { ...effect, actual: `${effect.actual}, ${how}` };
}
