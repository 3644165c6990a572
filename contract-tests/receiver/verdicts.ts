import type { AttemptResult } from '../../mock-server/index.ts';
import type { Status, Verdict } from '../report.ts';
import type { Drain, Stage } from './receiver-case.ts';
import type { Subject } from './subject.ts';

/** Creates a verdict. */
export function verdict(status: Status, expected: string, actual: string): Verdict {
  return { status, expected, actual };
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

/** Judges whether all attempts were acknowledged in time. A 2xx status that the vendor does not document is non-strict. */
export function acknowledged(subject: Subject, ...attempts: readonly AttemptResult[]): Verdict {
  const { ackStatus } = subject.event.delivery;
  const expected = `HTTP ${ackStatus} within ${subject.ackTimeoutMs} ms${attempts.length > 1 ? `, ${attempts.length} times` : ''}`;
  const bad = attempts.find(({ outcome }) => outcome !== 'acknowledged');
  if (bad !== undefined) return failedAnswer(expected, bad);
  const odd = attempts.find(({ status }) => !isAckStatus(subject, status));
  if (odd !== undefined) return verdict('non-strict', expected, describe(odd));
  return verdict('passed', expected, attempts.map(describe).at(-1) ?? 'nothing was sent');
}

/** Whether the vendor accepts this status as an acknowledgement. */
export function isAckStatus({ event }: Subject, status: number | null): boolean {
  return status === 200 || (event.delivery.ackStatus === '2xx' && status !== null && status < 300);
}

function failedAnswer(expected: string, attempt: AttemptResult): Verdict {
  const failure = verdict('failed', expected, describe(attempt));
  // An overloaded server times out, resets or answers 5xx; a rejection of the message is reproducible.
  return attempt.status === null || attempt.status >= 500 || attempt.status === 429
    ? inDoubt(failure)
    : failure;
}

/** Judges whether the receiver acknowledged or rejected each callback in time, without a crash. */
export function survived(subject: Subject, what: string, ...attempts: readonly AttemptResult[]): Verdict {
  const expected = `HTTP ${subject.event.delivery.ackStatus} or 4xx within ${subject.ackTimeoutMs} ms for ${what}, and HTTP 2xx for the next valid callback`;
  const bad = attempts.find(({ status, outcome }) => !isAccepted(status, outcome) && !isRefused(status));
  if (bad !== undefined) return failedAnswer(expected, bad);
  return verdict('passed', expected, attempts.map(describe).join('; '));
}

/** Judges whether the receiver rejected the request with 4xx. */
export function refused(subject: Subject, what: string, attempt: AttemptResult): Verdict {
  const expected = `HTTP 4xx within ${subject.ackTimeoutMs} ms for ${what}`;
  if (isRefused(attempt.status)) return verdict('passed', expected, describe(attempt));
  return attempt.status === null || attempt.status >= 500
    ? failedAnswer(expected, attempt)
    : verdict('failed', expected, describe(attempt));
}

/** Returns why effects cannot be observed, and how to make them observable. */
export function howToObserve({ hasProbe }: Pick<Subject, 'hasProbe'>): string {
  return hasProbe
    ? 'Nothing was downloaded from the mock, and the answer of the probe does not contain "effects". Add it, or let the receiver download the media.'
    : 'Nothing was downloaded from the mock. Let the receiver download the media (with --media-host, if it has a list of allowed hosts), or set --probe.';
}

/** Returns why the end of the receiver's work was not observed; null if it was. */
function unfinished(drain: Drain, subject: Subject): string | null {
  if (drain.type === 'working') {
    return `The receiver was still working after ${Math.round(drain.forMs / 1000)} s. Increase --settle, or reduce --jobs.`;
  }
  if (drain.type === 'silent') {
    return `The additional callback that shows whether the receiver has finished did not have an effect within ${Math.round(drain.forMs / 1000)} s. Increase --settle if the work starts later.`;
  }
  if (drain.type === 'refused') {
    return `The additional callback that shows whether the receiver has finished was answered with ${describe(drain.attempt)}.`;
  }
  return drain.type === 'unseen' ? howToObserve(subject) : null;
}

/** Judges whether the work of each task was done exactly `times` times. */
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

/** Judges a count after the drain: it can pass only when the work has ended, and fail only when there is no more activity. */
function concludeEnd(
  { subject }: Stage,
  drain: Drain,
  expected: string,
  { isRight, actual }: Pick<MediaFinding, 'isRight' | 'actual'>,
): Verdict {
  // A receiver that was delayed for less than half of the silence would have shown activity in the other half.
  if (!isRight && drain.type === 'silent')
    return inDoubt(verdict('failed', expected, actual), drain.forMs / 2);
  const because = unfinished(drain, subject);
  if (because !== null) return notObservable(expected, because);
  return isRight ? verdict('passed', expected, actual) : inDoubt(verdict('failed', expected, actual));
}

/** Counts effects, and waits for missing ones as long as they can still occur. */
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

/** Time to wait for work although a later callback has been processed, because pools and retries reorder jobs. */
const OVERTAKEN_MS = 3000;
const LOOK_EVERY_MS = 100;

/** Repeats an observation while its result may still become correct. */
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

/** Judges whether no media of these tasks was requested, not even in part. */
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

/** An observation of media requests. */
export interface MediaFinding {
  readonly isRight: boolean;
  /** Whether waiting cannot change the result: an excess is final, a shortage is not. */
  readonly isFinal: boolean;
  readonly actual: string;
}

/** Judges the downloads of the receiver after it has finished; not observable if it does not download media. */
export async function ofMedia(stage: Stage, expected: string, look: () => MediaFinding): Promise<Verdict> {
  const drain = await stage.drain();
  const { subject } = stage;
  if (!subject.downloads) {
    return subject.onlyHeads
      ? verdict('failed', expected, 'the media was requested only with HEAD')
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

/** Judges whether an effect never occurred; this can pass only after the receiver has finished. */
export async function neverHappened(stage: Stage, look: () => Promise<Verdict>): Promise<Verdict> {
  const drain = await stage.drain();
  const seen = await look();
  const because = seen.status === 'passed' ? unfinished(drain, stage.subject) : null;
  return because === null ? seen : notObservable(seen.expected, because);
}

/** Judges one field of the probe's answer for a task; not observable if the field is missing. */
export async function probed(
  stage: Stage,
  taskId: string,
  field: 'state' | 'class' | 'retryable' | 'escaped',
  isRight: (value: unknown) => boolean,
  expected: string,
): Promise<Verdict> {
  if (!stage.subject.hasProbe) {
    return notObservable(expected, `Set --probe, and include "${field}" in its answer.`);
  }
  const look = () => stage.probe(taskId);
  // A file outside the folder remains there, and load cannot cause it.
  const isFinal = field === 'escaped';
  const result = await patiently(
    stage,
    look,
    (seen) =>
      seen.type === 'unknown' || (!isFinal && seen.type === 'answered' && !isRight(seen.answer[field])),
  );
  if (result.type === 'broken') return notObservable(expected, `The probe failed: ${result.because}.`);
  // A receiver that does not know the task has lost its callback.
  if (result.type === 'unknown') {
    return field === 'escaped'
      ? notObservable(expected, 'The probe does not know the task, so its answer does not contain "escaped".')
      : inDoubt(verdict('failed', expected, 'the probe does not know the task'));
  }
  const value = result.answer[field];
  if (value === undefined) {
    return notObservable(expected, `Add "${field}" to the answer of the probe.`);
  }
  const judged = passedIf(isRight(value), expected, `${field}: ${JSON.stringify(value)}`);
  return isFinal ? judged : inDoubt(judged);
}

/** Judges whether the probe reports each of these tasks as failed. */
export async function knownAsFailed(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const taskId of taskIds) {
    verdicts.push(
      await probed(stage, taskId, 'state', (state) => state === 'failed', 'the task is "failed"'),
    );
  }
  return verdicts.reduce(both);
}

/** Judges whether no media of these tasks was requested and, with a probe, whether the tasks are failed. */
export async function failedWithoutDownload(stage: Stage, ...taskIds: readonly string[]): Promise<Verdict> {
  const untouched = await nothingFetched(stage, ...taskIds);
  return stage.subject.hasProbe ? both(untouched, await knownAsFailed(stage, ...taskIds)) : untouched;
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

function isAccepted(status: number | null, outcome: AttemptResult['outcome']): boolean {
  return outcome === 'acknowledged' && status !== null && status < 300;
}

function isRefused(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}

function count(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
