import type { AttemptResult } from '../../mock-server/index.ts';
import type { Status, Verdict } from '../report.ts';
import { answerIn } from './receivers-answer.ts';

/** Creates a verdict. */
export function verdict(status: Status, expected: string, actual: string): Verdict {
  return { status, expected, actual };
}

/** Returns a verdict on an answer of the receiver. */
export function answerVerdict(
  status: Status,
  expected: string,
  attempt: AttemptResult,
  actual = describe(attempt),
): Verdict {
  return { status, expected, actual, ...answerIn(attempt) };
}

/** Returns a verdict that passed or failed. */
export function passedIf(isTrue: boolean, expected: string, actual: string): Verdict {
  return verdict(isTrue ? 'passed' : 'failed', expected, actual);
}

/** Returns a verdict for an effect that could not be observed. @param remedy how to make it observable */
export function notObservable(expected: string, remedy: string): Verdict {
  return verdict('not-observable', expected, remedy);
}

const doubtful = new WeakMap<Verdict, number>();

/**
 * Marks a failure as doubtful because load or a slow machine could have caused it: an event was late or missing. The case
 * is repeated alone before the failure is reported. A forbidden event that did happen is never doubtful.
 * @param leastStallMs shortest stall of this machine that could have caused it
 */
export function inDoubt(failure: Verdict, leastStallMs = 0): Verdict {
  if (failure.status === 'failed') doubtful.set(failure, leastStallMs);
  return failure;
}

/** Whether a failure is doubtful. */
export function isInDoubt(failure: Verdict): boolean {
  return doubtful.has(failure);
}

/** Returns the shortest stall of this machine that could have caused a doubtful failure. */
export function leastStallOf(failure: Verdict): number {
  return doubtful.get(failure) ?? 0;
}

/** Returns the verdict with another text or level; a doubtful verdict remains doubtful. */
export function amended(verdict: Verdict, change: Partial<Pick<Verdict, 'actual' | 'level'>>): Verdict {
  const changed = { ...verdict, ...change };
  return isInDoubt(verdict) ? inDoubt(changed, leastStallOf(verdict)) : changed;
}

/** Returns the worse of two verdicts. */
export function both(first: Verdict, second: Verdict): Verdict {
  const order: readonly Status[] = ['failed', 'non-strict', 'not-observable', 'not-applicable', 'passed'];
  return order.indexOf(second.status) < order.indexOf(first.status) ? second : first;
}

/** Describes an attempt: status or outcome, duration, and detail. */
export function describe({ outcome, status, durationMs, detail }: AttemptResult): string {
  const what = `${status === null ? outcome : `HTTP ${status}`} after ${Math.round(durationMs)} ms`;
  // The status is sufficient, because the report shows the expected one next to it.
  const isPlain = outcome === 'acknowledged' || outcome === 'rejected' || detail === null;
  return isPlain ? what : `${what} (${detail})`;
}
