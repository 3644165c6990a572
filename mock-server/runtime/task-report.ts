import type { Attempt, DeliveryStatus, Outcome, Plan } from '../core/types.ts';
import { isExpired, stepsReached, viewTask } from '../core/view.ts';
import { showPlan } from './open-record.ts';
import { type Presented, present } from './present.ts';
import type { Secrets } from './secrets.ts';
import { deliveriesOf, isGivenUp, progressOf, type TaskRecord } from './task-store.ts';

/** A task as the admin API and the library show it. Times are ISO 8601. */
export interface TaskReport {
  readonly id: string;
  /** Name of the pack. */
  readonly pack: string;
  /** Kind of task, in the words of the pack. */
  readonly kind: string;
  /** Operation that submitted it. */
  readonly operation: string;
  /** Label of the bearer key. */
  readonly account: string;
  /** Current state, in the word of the vendor. */
  readonly state: string;
  readonly scenario: string;
  /** Task that it continues; null for all others. */
  readonly parentId: string | null;
  readonly submittedAt: string;
  /** States so far. */
  readonly timeline: readonly { readonly at: string; readonly state: string }[];
  /** `success`, `canceled` or `fail.<slug>`; null until the task has ended. */
  readonly outcome: string | null;
  /** Whether the media has expired. */
  readonly expired: boolean;
  readonly deliveries: readonly DeliveryReport[];
  /** Everything that will happen to the task, fixed when it was submitted. */
  readonly plan: Presented<Plan>;
}

/** One event sent to one URL, with every attempt so far. */
export interface DeliveryReport {
  readonly id: string;
  readonly event: string;
  readonly url: string;
  readonly status: DeliveryStatus;
  /** When the first attempt is due. */
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
