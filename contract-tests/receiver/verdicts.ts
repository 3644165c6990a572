import type { Passage } from '../../mock-server/index.ts';
import type { Status, Verdict } from '../report.ts';
import type { Stage } from './receiver-case.ts';
import type { Subject } from './subject.ts';

export function verdict(status: Status, expected: string, actual: string): Verdict {
  return { status, expected, actual };
}

/** Passed or failed, with what happened. */
export function holds(isTrue: boolean, expected: string, actual: string): Verdict {
  return verdict(isTrue ? 'passed' : 'failed', expected, actual);
}

export function notObservable(expected: string, remedy: string): Verdict {
  return verdict('not-observable', expected, remedy);
}

/** Every one of these POSTs was acknowledged in time. A legal status that the page does not ask for is non-strict. */
export function acknowledged(subject: Subject, ...passages: readonly Passage[]): Verdict {
  const { ackStatus } = subject.event.delivery;
  const expected = `HTTP ${ackStatus} within ${subject.ackTimeoutMs} ms${passages.length > 1 ? `, ${passages.length} times` : ''}`;
  const bad = passages.find(({ outcome }) => outcome !== 'acknowledged');
  if (bad !== undefined) return verdict('failed', expected, describe(bad));
  const odd = passages.find(({ status }) => ackStatus === '200' && status !== 200);
  if (odd !== undefined) return verdict('non-strict', expected, describe(odd));
  return verdict('passed', expected, passages.map(describe).at(-1) ?? 'nothing was sent');
}

/** The receiver took it or refused it as bad, in time; it did not break down. */
export function survived(subject: Subject, what: string, ...passages: readonly Passage[]): Verdict {
  const expected = `HTTP ${subject.event.delivery.ackStatus} or 4xx within ${subject.ackTimeoutMs} ms for ${what}, and HTTP 2xx for the next good callback`;
  const bad = passages.find(({ status, outcome }) => !isTaken(status, outcome) && !isRefused(status));
  return holds(bad === undefined, expected, bad === undefined ? 'both held' : describe(bad));
}

/** The receiver said that the request was wrong. */
export function refused(subject: Subject, what: string, passage: Passage): Verdict {
  const expected = `HTTP 4xx within ${subject.ackTimeoutMs} ms for ${what}`;
  return holds(isRefused(passage.status), expected, describe(passage));
}

export const HOW_TO_OBSERVE =
  'Nothing was downloaded from the mock and there is no probe: let the receiver download the media, or give --probe.';

/** How long work may be outstanding although nothing happens: a worker of its own starts late where much goes on. */
const PATIENCE_MS = 3000;

/** Looks when all is quiet, and again while what is seen may still become right. */
export async function patiently<Seen>(
  stage: Stage,
  look: () => Promise<Seen>,
  isOutstanding: (seen: Seen) => boolean,
): Promise<Seen> {
  const until = performance.now() + PATIENCE_MS;
  await stage.quiet();
  let seen = await look();
  while (isOutstanding(seen) && performance.now() < until) {
    await stage.quiet();
    seen = await look();
  }
  return seen;
}

/** The work of each of these tasks was done exactly so often. */
export async function effects(stage: Stage, times: number, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = `the work of ${taskIds.length === 1 ? 'the task' : 'each task'} is done ${count(times)}`;
  const look = async (): Promise<(number | null)[]> => {
    const counts: (number | null)[] = [];
    for (const taskId of taskIds) counts.push(await stage.effects(taskId));
    return counts;
  };
  const isOutstanding = (counts: readonly (number | null)[]): boolean =>
    counts.every((seen) => seen !== null && seen <= times) && counts.some((seen) => seen !== times);
  const counts = await patiently(stage, look, isOutstanding);
  const wrong: string[] = [];
  for (const [n, seen] of counts.entries()) {
    if (seen === null) return notObservable(expected, HOW_TO_OBSERVE);
    if (seen !== times) wrong.push(`${taskIds[n]}: ${count(seen)}`);
  }
  const actual =
    wrong.length === 0
      ? count(times)
      : `${wrong.slice(0, 3).join('; ')}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''}`;
  return holds(wrong.length === 0, expected, actual);
}

/** Nothing of these tasks was downloaded, not even in part. */
export async function nothingFetched(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = 'no download';
  await stage.quiet();
  const { downloads, hasProbe } = stage.subject;
  const seen = taskIds.flatMap((taskId) => stage.downloads(taskId));
  if (seen.length > 0)
    return verdict('failed', expected, `GET ${seen[0]?.name}, and ${seen.length - 1} more`);
  if (downloads) return verdict('passed', expected, 'none');
  if (!hasProbe) return notObservable(expected, HOW_TO_OBSERVE);
  return effects(stage, 0, ...taskIds);
}

/** What the probe says of one task, judged; not observable where it does not say. */
export async function probed(
  stage: Stage,
  taskId: string,
  field: 'state' | 'class' | 'retryable' | 'escaped',
  isRight: (value: unknown) => boolean,
  expected: string,
): Promise<Verdict> {
  const look = async (): Promise<unknown> => (await stage.probe(taskId))?.[field];
  const value = await patiently(stage, look, (seen) => seen !== undefined && !isRight(seen));
  if (value === undefined) {
    return notObservable(expected, `Give --probe, and let its answer have "${field}".`);
  }
  return holds(isRight(value), expected, `${field}: ${JSON.stringify(value)}`);
}

/** Wherever a probe says states: each of these tasks is known to have failed. */
export async function knownAsFailed(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = 'the task is "failed"';
  const look = async (): Promise<string | undefined> => {
    for (const taskId of taskIds) {
      const { state = 'failed' } = (await stage.probe(taskId)) ?? {};
      if (state !== 'failed') return state;
    }
    return undefined;
  };
  const other = await patiently(stage, look, (state) => state !== undefined);
  return other === undefined
    ? verdict('passed', expected, 'nothing else is known')
    : verdict('failed', expected, `state: ${JSON.stringify(other)}`);
}

export function both(first: Verdict, second: Verdict): Verdict {
  const order: readonly Status[] = ['failed', 'non-strict', 'not-observable', 'not-applicable', 'passed'];
  return order.indexOf(second.status) < order.indexOf(first.status) ? second : first;
}

export function describe({ outcome, status, durationMs, detail }: Passage): string {
  const what = `${status === null ? outcome : `HTTP ${status}`} after ${Math.round(durationMs)} ms`;
  // A status says it all; what was expected stands beside it.
  const isPlain = outcome === 'acknowledged' || outcome === 'rejected' || detail === null;
  return isPlain ? what : `${what} (${detail})`;
}

function isTaken(status: number | null, outcome: Passage['outcome']): boolean {
  return outcome === 'acknowledged' && status !== null && status < 300;
}

function isRefused(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}

function count(times: number): string {
  return times === 0 ? 'not at all' : times === 1 ? 'once' : `${times} times`;
}
