import type { Attempt, DeliveryStatus, Outcome, Plan } from '../core/types.ts';
import { isExpired, stepsReached, viewTask } from '../core/view.ts';
import { showPlan } from './open-record.ts';
import { type Presented, present } from './present.ts';
import type { Secrets } from './secrets.ts';
import { deliveriesOf, isGivenUp, progressOf, type TaskRecord } from './task-store.ts';

/** A task as the admin API and the library show it. Times are ISO 8601. */
export interface TaskReport {
  readonly id: string;
  readonly pack: string;
  readonly kind: string;
  readonly operation: string;
  readonly account: string;
  readonly state: string;
  readonly scenario: string;
  readonly parentId: string | null;
  readonly submittedAt: string;
  /** The states it has been in so far. */
  readonly timeline: readonly { readonly at: string; readonly state: string }[];
  /** `success` or `fail.<slug>`; null while it runs. */
  readonly outcome: string | null;
  readonly expired: boolean;
  readonly deliveries: readonly DeliveryReport[];
  readonly plan: Presented<Plan>;
}

export interface DeliveryReport {
  readonly id: string;
  readonly event: string;
  readonly url: string;
  readonly status: DeliveryStatus;
  readonly dueAt: string;
  readonly attempts: readonly Presented<Attempt>[];
}

/** What is known of a task at one moment. */
export function reportTask(task: TaskRecord, now: number, secrets: Secrets): TaskReport {
  const { plan } = task;
  const view = viewTask(plan, now, isGivenUp(task));
  return {
    id: plan.taskId,
    pack: plan.pack,
    kind: plan.kind,
    operation: plan.operation,
    account: plan.account,
    state: view.state,
    scenario: plan.scenario.name,
    parentId: plan.parentId,
    submittedAt: new Date(plan.submittedAt).toISOString(),
    timeline: present(plan.steps.slice(0, stepsReached(plan, now))),
    outcome: view.outcome === null ? null : outcomeName(view.outcome),
    expired: isExpired(plan, now),
    deliveries: deliveriesOf(task).map(({ id, event, url, dueAt }) => {
      const { status, attempts } = progressOf(task, id);
      return {
        id,
        event,
        url: secrets.maskText(url),
        status,
        dueAt: new Date(dueAt).toISOString(),
        attempts: present(attempts),
      };
    }),
    plan: present(showPlan(plan, secrets)),
  };
}

/** The name a scenario would have for it. */
export function outcomeName(outcome: Outcome): string {
  return outcome.type === 'failure' ? `fail.${outcome.slug}` : outcome.type;
}
