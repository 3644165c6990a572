import { cached, groupedBy } from './cached.ts';
import { callIndexOf } from './call-index.ts';
import type { ApiCall, CallbackAttempt, ClientDownload, Evidence, RunFacts, TaskLife } from './evidence.ts';
import type { ErrorRole } from './pack-text.ts';

/*
 * Queries of the evidence that several cases use. Their lists and indexes are built once for each evidence, so no query
 * costs more than the length of its result.
 */

/** Returns the submissions. */
export function submitsIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).submits;
}

/** Returns the polls. */
export function pollsIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).polls;
}

const tasksById = cached(({ tasks }: Evidence) => groupedBy(tasks, ({ id }) => id));
const acknowledgedByTask = cached(({ attempts }: Evidence) =>
  groupedBy(attempts, ({ entry, isAcknowledged }) => (isAcknowledged ? (entry.taskId as string) : null)),
);
const downloadsByTask = cached(({ downloads }: Evidence) =>
  groupedBy(downloads, ({ entry }) => entry.taskId as string | null),
);

/** Returns the task with this id; null when it does not exist. */
export function taskOf(evidence: Evidence, id: string | null): TaskLife | null {
  return id === null ? null : (tasksById(evidence).get(id)?.[0] ?? null);
}

/** Returns the call that created a task; undefined when it is not in the journal. */
export function submitOf(evidence: Evidence, { id }: Pick<TaskLife, 'id'>): ApiCall | undefined {
  return callIndexOf(evidence.calls).submitByTask.get(id);
}

/** Returns the first callback of a task that the client acknowledged. */
export function firstAcknowledged(evidence: Evidence, { id }: TaskLife): CallbackAttempt | undefined {
  return acknowledgedByTask(evidence).get(id)?.[0];
}

/** Returns the requests for the media of a task. */
export function downloadsOf(evidence: Evidence, taskId: string): readonly ClientDownload[] {
  return downloadsByTask(evidence).get(taskId) ?? [];
}

/** Returns the calls to operations that the vendor does not document. */
export function unmatchedIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).unmatched;
}

/** Returns the calls to operations that the vendor documents but the mock does not serve: their responses prove nothing. */
export function unmockedIn({ calls }: Evidence): readonly ApiCall[] {
  return callIndexOf(calls).unmocked;
}

/** Returns the polls of a task. */
export function pollsOf(evidence: Evidence, taskId: string): readonly ApiCall[] {
  return callIndexOf(evidence.calls).pollsById.get(taskId) ?? [];
}

/** Returns the previous poll of the same id; undefined for the first. */
export function previousPollOf({ calls }: Evidence, call: ApiCall): ApiCall | undefined {
  return callIndexOf(calls).previousPolls.get(call);
}

/** Returns the submissions that were rejected for this reason; empty when the vendor has no code for it. */
export function rejectedFor(evidence: Evidence, role: ErrorRole): ApiCall[] {
  const code = evidence.pack.errors.codeOf(role);
  return code === null ? [] : submitsIn(evidence).filter(({ entry }) => entry.error === code);
}

/** Whether the response to a poll shows that its task has finished. */
export function showsEnd({ entry: { state } }: ApiCall, { plan }: TaskLife): boolean {
  return state !== null && (state === plan.steps.at(-1)?.state || state === plan.abandonedState);
}

/** Returns the first poll that showed the end of a task. */
export function sawEnd(evidence: Evidence, task: TaskLife): ApiCall | undefined {
  return endsSeen(evidence)(task);
}

const endsSeen = cached((evidence: Evidence) =>
  cached((task: TaskLife) => pollsOf(evidence, task.id).find((call) => showsEnd(call, task))),
);

/** Returns when a poll or an acknowledged callback first showed the client the end of a task; null if none did. */
export function knewEndAtMs(evidence: Evidence, task: TaskLife): number | null {
  const last = task.plan.steps.at(-1)?.state;
  const finalDeliveries = new Set<string>();
  for (const { id, state } of task.plan.callbacks) if (state === last) finalDeliveries.add(id);
  const acknowledged = acknowledgedByTask(evidence).get(task.id) ?? [];
  const attempt = acknowledged.find(({ entry }) => finalDeliveries.has(entry.deliveryId));
  const times = [sawEnd(evidence, task)?.atMs, attempt?.atMs].filter((at) => at !== undefined);
  return times.length === 0 ? null : Math.min(...times);
}

/** Whether the task is planned to succeed. */
export function succeeds({ plan }: TaskLife): boolean {
  return plan.outcome.type === 'success';
}

/** Returns the intervals between consecutive calls, in milliseconds of the client's time. */
export function gapsBetween(calls: readonly ApiCall[]): { readonly gapMs: number; readonly call: ApiCall }[] {
  return calls.slice(1).map((call, index) => ({ gapMs: call.atMs - (calls[index]?.atMs ?? 0), call }));
}

/** Returns the median; 0 without values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Whether the client reported a problem: it exited with an error, or printed one of the texts. */
export function isReported({ exitCode, output }: RunFacts, ...texts: readonly (string | null)[]): boolean {
  const hasFailed = exitCode !== null && exitCode !== 0;
  return hasFailed || texts.some((text) => text !== null && text !== '' && hasWord(output, text));
}

/** Whether the output contains a word, not as part of an id: "expire" matches "expired" and "expires", but not "expireFlag". */
function hasWord(output: string, text: string): boolean {
  const word = text.replaceAll(/[^\w\s]/g, '\\$&');
  const ending = /[a-z]$/i.test(text) ? '[a-z]{0,2}' : '';
  return new RegExp(`(?<![\\w-])${word}${ending}(?![\\w-])`, 'i').test(output);
}

/** Returns a measured duration as text: `250 ms`, `1.5 s`, `2.0 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1000;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}
