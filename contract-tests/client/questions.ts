import type { Pack } from '../../mock-server/index.ts';
import type { ApiCall, Evidence, RunFacts, TaskLife } from './evidence.ts';

/** What rules ask of the evidence, each question in one place. */

type ErrorRole = Parameters<Pack['errors']['codeOf']>[0];

export function submitsIn({ calls }: Evidence): ApiCall[] {
  return calls.filter(({ entry }) => entry.does === 'submit');
}

export function pollsIn({ calls }: Evidence): ApiCall[] {
  return calls.filter(({ entry }) => entry.does === 'poll');
}

/** Calls to what the vendor does not have. */
export function unmatchedIn({ calls }: Evidence): ApiCall[] {
  return calls.filter(({ entry }) => entry.route === 'unknown');
}

/** Calls to what the vendor has and the mock does not: nothing follows from their answers. */
export function unmockedIn({ calls }: Evidence): ApiCall[] {
  return calls.filter(({ entry }) => entry.route === 'not-mocked');
}

/** The schemes of the Authorization header that the vendor accepts. */
export function schemesOf(pack: Pack): readonly string[] {
  return pack.auth.schemes;
}

export function pollsOf(evidence: Evidence, taskId: string): ApiCall[] {
  return pollsIn(evidence).filter((call) => call.askedId === taskId);
}

/** Submissions that were refused for this reason; empty where the vendor has no code for it. */
export function refusedFor(evidence: Evidence, role: ErrorRole): ApiCall[] {
  const code = evidence.pack.errors.codeOf(role);
  return code === null ? [] : submitsIn(evidence).filter(({ entry }) => entry.error === code);
}

/** Whether an answer shows a task that has ended. */
export function showsEnd({ entry: { state } }: ApiCall, { plan }: TaskLife): boolean {
  return state !== null && (state === plan.steps.at(-1)?.state || state === plan.abandonedState);
}

/** The poll that told the client of the end of its task. */
export function sawEnd(evidence: Evidence, task: TaskLife): ApiCall | undefined {
  return pollsOf(evidence, task.id).find((call) => showsEnd(call, task));
}

/** When the client first knew how its task had ended, by a poll or by a callback it acknowledged. */
export function knewEndAtMs(evidence: Evidence, task: TaskLife): number | null {
  const last = task.plan.steps.at(-1)?.state;
  const told = evidence.tries.find(
    ({ entry, isAcknowledged }) =>
      isAcknowledged &&
      entry.taskId === task.id &&
      task.plan.callbacks.some(({ id, state }) => id === entry.deliveryId && state === last),
  );
  const times = [sawEnd(evidence, task)?.atMs, told?.atMs].filter((at) => at !== undefined);
  return times.length === 0 ? null : Math.min(...times);
}

export function succeeds({ plan }: TaskLife): boolean {
  return plan.outcome.type === 'success';
}

/** The waits between calls that follow one another; milliseconds of the client's time. */
export function gapsBetween(calls: readonly ApiCall[]): { readonly gapMs: number; readonly call: ApiCall }[] {
  return calls.slice(1).map((call, index) => ({ gapMs: call.atMs - (calls[index]?.atMs ?? 0), call }));
}

/** The same for the polls of each task. */
export function pollGaps(evidence: Evidence): { readonly gapMs: number; readonly call: ApiCall }[] {
  return evidence.tasks.flatMap(({ id }) => gapsBetween(pollsOf(evidence, id)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Whether a person can learn of it: the command failed by itself, or printed one of these. */
export function isSurfaced({ exitCode, output }: RunFacts, ...texts: readonly (string | null)[]): boolean {
  const hasFailed = exitCode !== null && exitCode !== 0;
  return hasFailed || texts.some((text) => text !== null && text !== '' && hasWord(output, text));
}

/** Not as a part of an id; "expire" is also found in "expired" and "expires", and not in "expireFlag". */
function hasWord(output: string, text: string): boolean {
  const word = text.replaceAll(/[^\w\s]/g, '\\$&');
  const ending = /[a-z]$/i.test(text) ? '[a-z]{0,2}' : '';
  return new RegExp(`(?<![\\w-])${word}${ending}(?![\\w-])`, 'i').test(output);
}

/** A duration for people. */
export function say(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1000;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}
