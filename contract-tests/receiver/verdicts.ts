import type { Passage } from '../../mock-server/index.ts';
import type { Status, Verdict } from '../report.ts';
import type { Drain, Stage } from './receiver-case.ts';
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

const doubtful = new WeakMap<Verdict, number>();

/**
 * Marks a failure that load, or a slow machine, could have caused as well: something came late or never. It is
 * observed again, alone, before the receiver is accused of it. What did happen and must not is never doubtful.
 * @param leastStallMs a shorter stall of this machine cannot have caused it
 */
export function inDoubt(failure: Verdict, leastStallMs = 0): Verdict {
  if (failure.status === 'failed') doubtful.set(failure, leastStallMs);
  return failure;
}

export function isInDoubt(failure: Verdict): boolean {
  return doubtful.has(failure);
}

/** The shortest stall of this machine that can have caused a failure in doubt. */
export function leastStallOf(failure: Verdict): number {
  return doubtful.get(failure) ?? 0;
}

/** The verdict with other words or another level; a doubt stays. */
export function amended(verdict: Verdict, change: Partial<Pick<Verdict, 'actual' | 'level'>>): Verdict {
  const changed = { ...verdict, ...change };
  return isInDoubt(verdict) ? inDoubt(changed, leastStallOf(verdict)) : changed;
}

/** Every one of these callbacks was acknowledged in time. A legal status that the page does not ask for is non-strict. */
export function acknowledged(subject: Subject, ...passages: readonly Passage[]): Verdict {
  const { ackStatus } = subject.event.delivery;
  const expected = `HTTP ${ackStatus} within ${subject.ackTimeoutMs} ms${passages.length > 1 ? `, ${passages.length} times` : ''}`;
  const bad = passages.find(({ outcome }) => outcome !== 'acknowledged');
  if (bad !== undefined) return failedAnswer(expected, bad);
  const odd = passages.find(({ status }) => !isAckStatus(subject, status));
  if (odd !== undefined) return verdict('non-strict', expected, describe(odd));
  return verdict('passed', expected, passages.map(describe).at(-1) ?? 'nothing was sent');
}

/** Whether the vendor takes this status for an acknowledgement. */
export function isAckStatus({ event }: Subject, status: number | null): boolean {
  return status === 200 || (event.delivery.ackStatus === '2xx' && status !== null && status < 300);
}

function failedAnswer(expected: string, passage: Passage): Verdict {
  const failure = verdict('failed', expected, describe(passage));
  // An overloaded server times out, resets or answers 5xx; a refusal of the message is the same every time.
  return passage.status === null || passage.status >= 500 || passage.status === 429
    ? inDoubt(failure)
    : failure;
}

/** The receiver took it or refused it as bad, in time; it did not break down. */
export function survived(subject: Subject, what: string, ...passages: readonly Passage[]): Verdict {
  const expected = `HTTP ${subject.event.delivery.ackStatus} or 4xx within ${subject.ackTimeoutMs} ms for ${what}, and HTTP 2xx for the next good callback`;
  const bad = passages.find(({ status, outcome }) => !isTaken(status, outcome) && !isRefused(status));
  if (bad !== undefined) return failedAnswer(expected, bad);
  return verdict('passed', expected, passages.map(describe).join('; '));
}

/** The receiver said that the request was wrong. */
export function refused(subject: Subject, what: string, passage: Passage): Verdict {
  const expected = `HTTP 4xx within ${subject.ackTimeoutMs} ms for ${what}`;
  if (isRefused(passage.status)) return verdict('passed', expected, describe(passage));
  return passage.status === null || passage.status >= 500
    ? failedAnswer(expected, passage)
    : verdict('failed', expected, describe(passage));
}

/** What is missing to see effects, and how to provide it. */
export function howToObserve({ hasProbe }: Pick<Subject, 'hasProbe'>): string {
  return hasProbe
    ? 'Nothing was downloaded from the mock, and the probe\'s answer has no "effects": add it, or let the receiver download the media.'
    : 'Nothing was downloaded from the mock: let the receiver download the media (--media-host, if it has a list of allowed hosts), or give --probe.';
}

/** Why the end of the receiver's work was not seen; null when it was. */
function unfinished(drain: Drain, subject: Subject): string | null {
  if (drain.type === 'working') {
    return `The receiver was still working after ${Math.round(drain.forMs / 1000)} s. Give a longer --settle, or fewer --jobs.`;
  }
  if (drain.type === 'silent') {
    return `A further callback, sent to see whether the receiver had finished, had no effect within ${Math.round(drain.forMs / 1000)} s. Give a longer --settle if it works later.`;
  }
  if (drain.type === 'refused') {
    return `A further callback, sent to see whether the receiver had finished, got ${describe(drain.passage)}.`;
  }
  return drain.type === 'unseen' ? howToObserve(subject) : null;
}

/** The work of each of these tasks was done exactly so often. */
export async function effects(stage: Stage, times: number, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = `the work of ${taskIds.length === 1 ? 'the task' : 'each task'} is done ${count(times)}`;
  const drain = await stage.drain();
  const counts = await countsOf(stage, taskIds, times, drain);
  if (counts.some((seen) => seen === null)) return notObservable(expected, howToObserve(stage.subject));
  const wrong = counts.flatMap((seen, n) => (seen === times ? [] : [`${taskIds[n]}: ${count(seen ?? 0)}`]));
  const isTooMuch = counts.some((seen) => (seen ?? 0) > times);
  const actual =
    wrong.length === 0
      ? count(times)
      : `${wrong.slice(0, 3).join('; ')}${wrong.length > 3 ? ` and ${wrong.length - 3} more` : ''}`;
  if (isTooMuch) return verdict('failed', expected, actual);
  return concludeEnd(stage, drain, expected, { isRight: wrong.length === 0, actual });
}

/** What is right is only known to stay so at the end; what is missing is missing once nothing happens any more. */
function concludeEnd(
  { subject }: Stage,
  drain: Drain,
  expected: string,
  { isRight, actual }: Pick<MediaFinding, 'isRight' | 'actual'>,
): Verdict {
  // A receiver that is held up for less than half of a silence would have been seen in the other half.
  if (!isRight && drain.type === 'silent')
    return inDoubt(verdict('failed', expected, actual), drain.forMs / 2);
  const because = unfinished(drain, subject);
  if (because !== null) return notObservable(expected, because);
  return isRight ? verdict('passed', expected, actual) : inDoubt(verdict('failed', expected, actual));
}

/** Counts effects, and waits for those that are still missing while they can still come. */
async function countsOf(
  stage: Stage,
  taskIds: readonly string[],
  times: number,
  drain: Drain,
): Promise<(number | null)[]> {
  const look = async (): Promise<(number | null)[]> => {
    const counts: (number | null)[] = [];
    for (const taskId of taskIds) counts.push(await stage.effects(taskId));
    return counts;
  };
  const isOutstanding = (counts: readonly (number | null)[]): boolean =>
    counts.every((seen) => seen !== null && seen <= times) && counts.some((seen) => seen !== times);
  return drain.type === 'drained' ? patiently(stage, look, isOutstanding) : look();
}

/** How long work may be outstanding although a later callback has been handled: pools and retries reorder. */
const OVERTAKEN_MS = 3000;
const LOOK_EVERY_MS = 100;

/** Looks again and again while what is seen may still become right. */
export async function patiently<Seen>(
  stage: Stage,
  look: () => Promise<Seen>,
  isOutstanding: (seen: Seen) => boolean,
): Promise<Seen> {
  const untilMs =
    performance.now() + Math.max(Math.min(OVERTAKEN_MS, stage.pace.patienceMs), stage.pace.settleMs);
  let seen = await look();
  while (isOutstanding(seen) && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    seen = await look();
  }
  return seen;
}

/** Nothing of these tasks was downloaded, not even in part. */
export async function nothingFetched(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = 'no download';
  const drain = await stage.drain();
  const seen = taskIds.flatMap((taskId) => stage.downloads(taskId));
  if (seen.length > 0) {
    const more = seen.length > 1 ? `, and ${seen.length - 1} more` : '';
    return verdict('failed', expected, `${seen[0]?.method} ${seen[0]?.name}${more}`);
  }
  const because = unfinished(drain, stage.subject);
  if (because !== null) return notObservable(expected, because);
  return stage.subject.downloads ? verdict('passed', expected, 'none') : effects(stage, 0, ...taskIds);
}

/** What was seen of media. */
export interface MediaFinding {
  readonly isRight: boolean;
  /** Whether waiting could not change it any more: too much is final, too little is not. */
  readonly isFinal: boolean;
  readonly actual: string;
}

/** Judges what the receiver downloaded, once it has finished; not observable where that cannot be seen. */
export async function ofMedia(stage: Stage, expected: string, look: () => MediaFinding): Promise<Verdict> {
  const drain = await stage.drain();
  const { subject } = stage;
  if (!subject.downloads) {
    return subject.onlyHeads
      ? verdict('failed', expected, 'the media were asked for by HEAD only')
      : notObservable(expected, howToObserve({ hasProbe: false }));
  }
  const seen = await patiently(
    stage,
    async () => look(),
    ({ isRight, isFinal }) => !isRight && !isFinal,
  );
  if (!seen.isRight && seen.isFinal) return verdict('failed', expected, seen.actual);
  return concludeEnd(stage, drain, expected, seen);
}

/** Judges that something never happened: it can only pass once the receiver has finished. */
export async function neverHappened(stage: Stage, look: () => Promise<Verdict>): Promise<Verdict> {
  const drain = await stage.drain();
  const seen = await look();
  const because = seen.status === 'passed' ? unfinished(drain, stage.subject) : null;
  return because === null ? seen : notObservable(seen.expected, because);
}

/** What the probe reports of one task, judged; not observable where it does not report it. */
export async function probed(
  stage: Stage,
  taskId: string,
  field: 'state' | 'class' | 'retryable' | 'escaped',
  isRight: (value: unknown) => boolean,
  expected: string,
): Promise<Verdict> {
  if (!stage.subject.hasProbe) {
    return notObservable(expected, `Give --probe, and let its answer have "${field}".`);
  }
  const look = () => stage.probe(taskId);
  // A file that was written outside the folder stays there, and no load of the machine writes one.
  const isFinal = field === 'escaped';
  const result = await patiently(
    stage,
    look,
    (seen) =>
      seen.type === 'unknown' || (!isFinal && seen.type === 'answered' && !isRight(seen.answer[field])),
  );
  if (result.type === 'broken') return notObservable(expected, `The probe failed: ${result.because}.`);
  // A receiver that knows nothing of the task has not done anything with it either.
  if (result.type === 'unknown') {
    return field === 'escaped'
      ? notObservable(expected, 'The probe does not know the task, so it has no "escaped".')
      : inDoubt(verdict('failed', expected, 'the probe does not know the task'));
  }
  const value = result.answer[field];
  if (value === undefined) {
    return notObservable(expected, `The probe's answer has no "${field}": add it.`);
  }
  const judged = holds(isRight(value), expected, `${field}: ${JSON.stringify(value)}`);
  return isFinal ? judged : inDoubt(judged);
}

/** Each of these tasks is known to have failed. */
export async function knownAsFailed(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const taskId of taskIds) {
    verdicts.push(
      await probed(stage, taskId, 'state', (state) => state === 'failed', 'the task is "failed"'),
    );
  }
  return verdicts.reduce(both);
}

/** Nothing of these tasks was downloaded, and where a probe tells states, they have failed. */
export async function failedWithoutDownload(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const untouched = await nothingFetched(stage, ...taskIds);
  return stage.subject.hasProbe ? both(untouched, await knownAsFailed(stage, ...taskIds)) : untouched;
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
