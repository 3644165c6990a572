import type { Pack } from '../../mock-server/index.ts';
import { callIndexOf } from './call-index.ts';
import type { ApiCall, CallbackTry, Download, Evidence, RunFacts, TaskLife } from './evidence.ts';
import { groupedBy, oncePer } from './once-per.ts';

/**
 * What cases ask of the evidence, each question in one place. The lists and indexes behind the answers are built once
 * for each evidence: no answer costs more than its own length.
 */

type ErrorRole = Parameters<Pack['errors']['codeOf']>[0];

export function submitsIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).submits;
}

export function pollsIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).polls;
}

const tasksById = oncePer(({ tasks }: Evidence) => groupedBy(tasks, ({ id }) => id));
const acknowledgedByTask = oncePer(({ tries }: Evidence) =>
  groupedBy(tries, ({ entry, isAcknowledged }) => (isAcknowledged ? (entry.taskId as string) : null)),
);
const downloadsByTask = oncePer(({ downloads }: Evidence) =>
  groupedBy(downloads, ({ entry }) => entry.taskId as string | null),
);

export function taskOf(evidence: Evidence, id: string | null): TaskLife | null {
  return id === null ? null : (tasksById(evidence).get(id)?.[0] ?? null);
}

/** The call that created a task; undefined when the journal does not have it. */
export function submitOf(evidence: Evidence, { id }: Pick<TaskLife, 'id'>): ApiCall | undefined {
  return callIndexOf(evidence.calls).submitByTask.get(id);
}

/** The first callback of a task that the client acknowledged. */
export function firstAcknowledged(evidence: Evidence, { id }: TaskLife): CallbackTry | undefined {
  return acknowledgedByTask(evidence).get(id)?.[0];
}

export function downloadsOf(evidence: Evidence, taskId: string): readonly Download[] {
  return downloadsByTask(evidence).get(taskId) ?? [];
}

/** Calls to operations that the vendor does not have. */
export function unmatchedIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).unmatched;
}

/** Calls to operations that the vendor has and the mock does not: their answers prove nothing. */
export function unmockedIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).unmocked;
}

/** The schemes of the Authorization header that the vendor accepts. */
export function schemesOf(pack: Pack): readonly string[] {
  return pack.auth.schemes;
}

export function pollsOf(evidence: Evidence, taskId: string): readonly ApiCall[] {
  return callIndexOf(evidence.calls).pollsById.get(taskId) ?? [];
}

/** The poll before this one that asks for the same id; undefined when it is the first. */
export function previousPollOf({ calls }: Evidence, call: ApiCall): ApiCall | undefined {
  return callIndexOf(calls).previousPolls.get(call);
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
  return endsSeen(evidence)(task);
}

const endsSeen = oncePer((evidence: Evidence) =>
  oncePer((task: TaskLife) => pollsOf(evidence, task.id).find((call) => showsEnd(call, task))),
);

/** When the client first knew how its task had ended, by a poll or by a callback it acknowledged. */
export function knewEndAtMs(evidence: Evidence, task: TaskLife): number | null {
  const last = task.plan.steps.at(-1)?.state;
  const announcing = new Set<string>();
  for (const { id, state } of task.plan.callbacks) if (state === last) announcing.add(id);
  const acknowledged = acknowledgedByTask(evidence).get(task.id) ?? [];
  const told = acknowledged.find(({ entry }) => announcing.has(entry.deliveryId));
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

export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
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
