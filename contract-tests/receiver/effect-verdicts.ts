import type { Verdict } from '../report.ts';
import { patiently } from './patiently.ts';
import type { CaseContext, Drain } from './receiver-case.ts';
import type { Subject } from './subject.ts';
import { describe, inDoubt, notObservable, verdict } from './verdicts.ts';

/** Returns why effects cannot be observed, and how to make them observable. */
export function howToObserve({ hasProbe, nameOption }: Pick<Subject, 'hasProbe' | 'nameOption'>): string {
  return hasProbe
    ? 'Nothing was downloaded from the mock, and the answer of the probe does not contain "effects". Add it, or let the receiver download the media.'
    : `Nothing was downloaded from the mock. Let the receiver download the media (with ${nameOption('mediaHost')}, if it has a list of allowed hosts), or set ${nameOption('probe')}.`;
}

/** Returns why the end of the receiver's work was not observed; null if it was. */
function unfinished(drain: Drain, subject: Subject): string | null {
  const { nameOption } = subject;
  if (drain.type === 'working') {
    return `The receiver was still working after ${Math.round(drain.forMs / 1000)} s. Increase ${nameOption('settle')}, or reduce ${nameOption('jobs')}.`;
  }
  if (drain.type === 'silent') {
    return `The additional callback that shows whether the receiver has finished did not have an effect within ${Math.round(drain.forMs / 1000)} s. Increase ${nameOption('settle')} if the work starts later.`;
  }
  if (drain.type === 'refused') {
    return `The additional callback that shows whether the receiver has finished was answered with ${describe(drain.attempt)}.`;
  }
  return drain.type === 'unseen' ? howToObserve(subject) : null;
}

/** Judges whether the work of each task was done exactly `times` times. */
export async function effects(
  context: CaseContext,
  times: number,
  ...taskIds: readonly string[]
): Promise<Verdict> {
  const expected = `the work of ${taskIds.length === 1 ? 'the task' : 'each task'} is done ${count(times)}`;
  const drain = await context.drain();
  const counts = await countsOf(context, taskIds, times, drain);
  if (counts.some((seen) => seen === null)) return notObservable(expected, howToObserve(context.subject));
  const wrong = counts.flatMap((seen, n) => (seen === times ? [] : [`${taskIds[n]}: ${count(seen ?? 0)}`]));
  const isTooMuch = counts.some((seen) => (seen ?? 0) > times);
  const actual =
    wrong.length === 0
      ? count(times)
      : `${wrong.slice(0, NAMED_TASKS).join('; ')}${sayOthers(wrong.length - NAMED_TASKS)}`;
  if (isTooMuch) return verdict('failed', expected, actual);
  return concludeEnd(context, drain, expected, { isRight: wrong.length === 0, actual });
}

/** Number of tasks that a verdict names; the others are counted. */
const NAMED_TASKS = 3;

function sayOthers(others: number): string {
  if (others <= 0) return '';
  return others === 1 ? '; 1 other task also differs' : `; ${others} other tasks also differ`;
}

/** Judges a count after the drain: it can pass only when the work has ended, and fail only when there is no more activity. */
function concludeEnd(
  { subject }: CaseContext,
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
  context: CaseContext,
  taskIds: readonly string[],
  times: number,
  drain: Drain,
): Promise<(number | null)[]> {
  const look = async (): Promise<(number | null)[]> => {
    const counts: (number | null)[] = [];
    for (const taskId of taskIds) counts.push(await context.effects(taskId));
    return counts;
  };
  const isOutstanding = (counts: readonly (number | null)[]): boolean =>
    counts.every((seen) => seen !== null && seen <= times) && counts.some((seen) => seen !== times);
  return drain.type === 'drained' ? patiently(context, look, isOutstanding) : look();
}

/** Judges whether no media of these tasks was requested, not even in part. */
export async function nothingFetched(context: CaseContext, ...taskIds: readonly string[]): Promise<Verdict> {
  const expected = 'no download';
  const drain = await context.drain();
  const seen = taskIds.flatMap((taskId) => context.downloads(taskId));
  if (seen.length > 0) {
    const others = seen.length - 1;
    const more = others > 0 ? `, and ${others} more ${others === 1 ? 'request' : 'requests'}` : '';
    return verdict('failed', expected, `${seen[0]?.method} ${seen[0]?.name}${more}`);
  }
  const because = unfinished(drain, context.subject);
  if (because !== null) return notObservable(expected, because);
  return context.subject.downloads ? verdict('passed', expected, 'none') : effects(context, 0, ...taskIds);
}

/** An observation of media requests. */
export interface MediaFinding {
  readonly isRight: boolean;
  /** Whether waiting cannot change the result: an excess is final, a shortage is not. */
  readonly isFinal: boolean;
  readonly actual: string;
}

/** Judges the downloads of the receiver after it has finished; not observable if it does not download media. */
export async function ofMedia(
  context: CaseContext,
  expected: string,
  look: () => MediaFinding,
): Promise<Verdict> {
  const drain = await context.drain();
  const { subject } = context;
  if (!subject.downloads) {
    return subject.onlyHeads
      ? verdict('failed', expected, 'the media was requested only with HEAD')
      : notObservable(expected, howToObserve({ ...subject, hasProbe: false }));
  }
  const seen = await patiently(
    context,
    async () => look(),
    ({ isRight, isFinal }) => !isRight && !isFinal,
  );
  if (!seen.isRight && seen.isFinal) return verdict('failed', expected, seen.actual);
  return concludeEnd(context, drain, expected, seen);
}

/** Judges whether an effect never occurred; this can pass only after the receiver has finished. */
export async function neverHappened(context: CaseContext, look: () => Promise<Verdict>): Promise<Verdict> {
  const drain = await context.drain();
  const seen = await look();
  const because = seen.status === 'passed' ? unfinished(drain, context.subject) : null;
  return because === null ? seen : notObservable(seen.expected, because);
}

function count(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
