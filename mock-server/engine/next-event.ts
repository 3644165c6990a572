import type { Plan } from '../core/types.ts';
import type { Deliveries } from '../delivery/deliveries.ts';
import { openDeliveriesOf, progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { Schedule } from './schedule.ts';

/** The next due event. */
export interface NextEvent {
  readonly at: number;
  /** Human-readable, such as `attempt 2 of d1` or `state done`. */
  readonly what: string;
  readonly taskId: string;
}

/** Creates the function that names the next due event; null when nothing is due. */
export function createNextEvent(
  schedule: Pick<Schedule, 'next'>,
  deliveries: Pick<Deliveries, 'nextAttemptAt'>,
): () => NextEvent | null {
  return () => {
    const next = schedule.next();
    if (next === null) return null;
    const { at, task } = next;
    const { plan } = task;
    return { at, what: nameOf(task, plan, at, deliveries), taskId: plan.taskId };
  };
}

function nameOf(
  task: TaskRecord,
  plan: Plan,
  at: number,
  { nextAttemptAt }: Pick<Deliveries, 'nextAttemptAt'>,
): string {
  const step = plan.steps[task.announced];
  if (step !== undefined && step.at <= at) return `state ${step.state}`;
  for (const delivery of openDeliveriesOf(task, plan)) {
    const dueAt = nextAttemptAt(task, plan, delivery);
    if (dueAt === null || dueAt > at) continue;
    return `attempt ${progressOf(task, delivery.id).attempts.length + 1} of ${delivery.id}`;
  }
  return 'media expiry';
}
