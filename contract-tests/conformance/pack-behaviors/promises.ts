import type { SubmitOperation } from '../../../fixtures/clients/pack-calls.ts';
import {
  contextAt,
  endOf,
  operationsOf,
  planOf,
  pollsOf,
  submitOperations,
} from '../../../fixtures/pack-stage.ts';
import type { Pack, PackEvent, TaskReport } from '../../../mock-server/index.ts';

/** Promises of a pack, derived independently of the mock that keeps them. */

/** Returns the first operation that needs no other task. */
export function main(pack: Pack): SubmitOperation {
  const found = submitOperations(pack).find(({ parent }) => parent === null);
  if (found === undefined) throw new Error(`no submission of "${pack.name}" works without a parent task`);
  return found;
}

/** Whether the tasks of an operation have media files. */
export function yieldsMedia({ media }: Pack, { kind }: SubmitOperation): boolean {
  return [...media.values()].some(({ kinds }) => kinds === null || kinds.has(kind.kind));
}

export type Announcing = SubmitOperation & { readonly event: PackEvent };

export function announcing(pack: Pack): Announcing[] {
  return submitOperations(pack).filter((operation): operation is Announcing => operation.event !== null);
}

export function firstAnnouncing(pack: Pack): Announcing {
  const [first] = announcing(pack);
  if (first === undefined) throw new Error(`no operation of "${pack.name}" promises a callback`);
  return first;
}

export function aFailure({ failures }: Pack): string {
  const [slug] = failures.keys();
  if (slug === undefined) throw new Error('the pack has no failure');
  return slug;
}

export function failureState({ kind: { ends } }: SubmitOperation, slug: string): string {
  return ends.failures[slug] ?? ends.failure;
}

export function lasts({ maxMs }: SubmitOperation['kind']['steps'][number]): boolean {
  return maxMs > 0;
}

/** Returns the states of a task that need not wait for a slot and succeeds. */
export function statesOf({ kind }: SubmitOperation): string[] {
  return [...kind.steps.filter(lasts).map(({ state }) => state), kind.ends.success];
}

/** Returns the events of such a task, in order. */
export function signalsOf(operation: Announcing) {
  return statesOf(operation).flatMap((state) => operation.event.signals.get(state) ?? []);
}

/** Returns the body of the poll answer of a task in the given step of its plan. */
export function wordsFor(pack: Pack, report: TaskReport, index: number): string {
  return pollAnswerFor(pack, report, index)?.body ?? '';
}

/** Returns the poll answer of a task in the given step of its plan. */
export function pollAnswerFor(pack: Pack, report: TaskReport, index: number) {
  const [poll] = pollsOf(pack, report.plan.kind);
  const context = contextAt(report, index);
  return poll?.answers.get(context.view.state)?.(context);
}

export function canceledAnswer(pack: Pack, report: TaskReport, index: number) {
  const [cancel] = operationsOf(pack, 'cancel');
  const context = contextAt(report, index);
  const { allowed = null } = cancel ?? {};
  if (allowed !== null && !allowed.states.has(context.view.state) && typeof allowed.refusal === 'function') {
    if (index > 0 && report.outcome !== 'canceled') return allowed.refusal(context);
  }
  return cancel?.answers?.get(context.view.state)?.(context) ?? { status: cancel?.status, body: '' };
}

/** Returns the bodies of all callbacks that a task's states promise, in order. */
export function announced(event: PackEvent | null, report: TaskReport): string[] {
  return report.plan.steps.flatMap(({ state }, index) =>
    (event?.signals.get(state) ?? []).map(() => event?.bodies.get(state)?.(contextAt(report, index)) ?? ''),
  );
}

export function expectedGaps({ event }: Announcing, retried: boolean): number[] {
  const { retries, gapsMs } = event.delivery;
  return Array.from(
    { length: retried ? retries : 0 },
    (_, index) => gapsMs[Math.min(index, gapsMs.length - 1)] ?? 0,
  );
}

export function halfway(report: TaskReport): number {
  const { submittedAt, visibleAt } = planOf(report);
  return Math.max(visibleAt, Math.floor((submittedAt + endOf(report)) / 2));
}
