import type { Plan, PlannedDelivery } from '../core/types.ts';
import { deliveriesOf, progressOf, type TaskRecord } from './stored-task.ts';
import type { TaskStore } from './task-store.ts';
import type { OpenEntry } from './unpack-entry.ts';

/**
 * Returns why an entry cannot follow the entries that created these tasks; null when it can. A file edited by hand may
 * have well-formed entries that refer to a task, a delivery or an attempt that does not exist.
 */
export function inconsistencyOf(entry: OpenEntry, tasks: TaskStore): string | null {
  switch (entry.type) {
    case 'task.submitted':
      if (tasks.get(entry.taskId) !== undefined) return `submits task "${entry.taskId}" again`;
      return inconsistencyOfPlan(entry.plan, entry.taskId);
    case 'task.amended':
      return missing(entry, tasks) ?? inconsistencyOfPlan(entry.plan, entry.taskId);
    case 'task.changed':
      return missing(entry, tasks) ?? inconsistencyOfStep(entry, tasks);
    case 'task.expired':
    case 'task.forgotten':
      return missing(entry, tasks);
    case 'delivery.promised':
      return missing(entry, tasks) ?? inconsistencyOfPromise(entry, tasks);
    case 'attempt.started':
    case 'attempt.ended':
    case 'delivery.settled':
      return missing(entry, tasks) ?? inconsistencyOfProgress(entry, tasks);
    case 'clock.moved':
      return entry.toAt < entry.fromAt ? 'moves the clock backwards' : null;
    default:
      return null;
  }
}

type OfTask<Type extends OpenEntry['type']> = Extract<OpenEntry, { readonly type: Type }>;

function missing({ taskId }: { readonly taskId: string }, tasks: TaskStore): string | null {
  return tasks.get(taskId) === undefined
    ? `refers to task "${taskId}", which no earlier entry submits`
    : null;
}

function inconsistencyOfPlan(plan: Plan, taskId: string): string | null {
  if (plan.taskId !== taskId) return `has the plan of another task, "${plan.taskId}"`;
  if (plan.steps.some(({ at }, index) => at < (plan.steps[index - 1]?.at ?? plan.submittedAt))) {
    return 'has steps that are not in chronological order';
  }
  return inconsistencyOfDeliveries(plan.callbacks);
}

function inconsistencyOfDeliveries(deliveries: readonly PlannedDelivery[]): string | null {
  const ids = new Set<string>();
  for (const { id, after } of deliveries) {
    if (ids.has(id)) return `has duplicate delivery "${id}"`;
    if (after !== null && !ids.has(after))
      return `makes delivery "${id}" wait for "${after}", which does not precede it`;
    ids.add(id);
  }
  return null;
}

function inconsistencyOfStep(
  { taskId, index, state }: OfTask<'task.changed'>,
  tasks: TaskStore,
): string | null {
  const steps = tasks.get(taskId)?.plan.steps ?? [];
  return steps[index]?.state === state
    ? null
    : `names step ${index} "${state}", which the plan does not have`;
}

function inconsistencyOfPromise(
  { taskId, delivery }: OfTask<'delivery.promised'>,
  tasks: TaskStore,
): string | null {
  const task = tasks.get(taskId);
  return task !== undefined && has(task, delivery.id) ? `promises delivery "${delivery.id}" again` : null;
}

function inconsistencyOfProgress(
  entry: OfTask<'attempt.started' | 'attempt.ended' | 'delivery.settled'>,
  tasks: TaskStore,
): string | null {
  const task = tasks.get(entry.taskId);
  if (task === undefined || !has(task, entry.deliveryId)) {
    return `refers to delivery "${entry.deliveryId}", which the task does not have`;
  }
  const { attempts, status, inFlight } = progressOf(task, entry.deliveryId);
  if (status !== 'pending') return `refers to delivery "${entry.deliveryId}", which is settled`;
  if (entry.type === 'attempt.started') {
    if (inFlight !== null || entry.n !== attempts.length + 1) return `starts attempt ${entry.n} out of order`;
  } else if (entry.type === 'attempt.ended') {
    if (inFlight?.n !== entry.attempt.n) return `ends attempt ${entry.attempt.n}, which is not in flight`;
  } else if (inFlight !== null || entry.attempts !== attempts.length) {
    return `counts ${entry.attempts} attempts instead of ${attempts.length}`;
  }
  return null;
}

function has(task: TaskRecord, deliveryId: string): boolean {
  return (
    task.progress.has(deliveryId as PlannedDelivery['id']) ||
    deliveriesOf(task).some(({ id }) => id === deliveryId)
  );
}
