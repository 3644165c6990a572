import { outcomeName } from '../core/outcome-name.ts';
import { type DeliveryReason, reasonOf } from '../core/reason-of.ts';
import type { Attempt, DeliveryStatus, Plan, PlannedDelivery } from '../core/types.ts';
import { isExpired, stepsReached, viewTask } from '../core/view.ts';
import { type Presented, present } from './iso-times.ts';
import type { Secrets } from './secrets.ts';
import { deliveriesOf, isAbandoned, progressOf, type TaskRecord } from './stored-task.ts';
import { showPlan } from './unpack-entry.ts';

/** A task as shown by the admin API and the library. Times are ISO 8601. */
export interface TaskReport {
  readonly id: string;
  /** Ids that its client chose for it. */
  readonly aliases: readonly string[];
  /** Name of the pack. */
  readonly pack: string;
  /** Kind of task, as named by the pack. */
  readonly kind: string;
  /** Operation that submitted it. */
  readonly operation: string;
  /** Label of the bearer key. */
  readonly account: string;
  /** Current state, as named by the vendor. */
  readonly state: string;
  readonly scenario: string;
  /** The task that it continues; null otherwise. */
  readonly parentId: string | null;
  readonly submittedAt: string;
  /** The states reached so far. */
  readonly timeline: readonly { readonly at: string; readonly state: string }[];
  /** `success`, `canceled` or `fail.<slug>`; null until the task has ended. */
  readonly outcome: string | null;
  /** Whether the media has expired. */
  readonly expired: boolean;
  readonly deliveries: readonly DeliveryReport[];
  /** The complete plan of the task. Fixed at submission, and changed only by amendments. */
  readonly plan: Presented<Plan>;
}

/** An attempt, and whether it repeats one whose end is unknown. */
export interface ReportedAttempt extends Attempt {
  /**
   * Number of the attempt that it repeats, because the mock ended before the receiver answered it. The receiver may have
   * processed both.
   */
  readonly repeats?: number;
}

/** One event sent to one URL, with every attempt so far. */
export interface DeliveryReport {
  readonly id: string;
  /** A handshake checks the receiver before the first callback to a URL. */
  readonly kind: 'callback' | 'handshake';
  readonly event: string;
  /** The registered endpoint that it goes to; null when the request named the URL. */
  readonly endpointId: string | null;
  readonly url: string;
  readonly status: DeliveryStatus;
  /** Why it is sent: for the state of the task, or because of a fault or a command. */
  readonly why: DeliveryReason;
  /** When the first attempt is due. */
  readonly dueAt: string;
  /** When the next attempt is due; null when it is settled, in flight, or waits for another delivery. */
  readonly nextAttemptAt: string | null;
  /** The attempt in flight; null without one. */
  readonly inFlight: Presented<Pick<Attempt, 'n' | 'at' | 'wallAt'>> | null;
  readonly attempts: readonly Presented<ReportedAttempt>[];
}

/** Knows when the next attempt of a delivery is due. */
export type NextAttemptAt = (task: TaskRecord, plan: Plan, delivery: PlannedDelivery) => number | null;

export interface ReportOptions {
  readonly now: number;
  readonly secrets: Secrets;
  readonly nextAttemptAt: NextAttemptAt;
}

/** Returns the report of a task at a moment. */
export function reportTask(task: TaskRecord, options: ReportOptions): TaskReport {
  const { now, secrets } = options;
  const { plan } = task;
  const view = viewTask(plan, now, isAbandoned(task));
  return {
    id: plan.taskId,
    aliases: (plan.aliases ?? []).map((alias) => secrets.maskText(alias)),
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
    deliveries: reportDeliveries(task, plan, options),
    plan: present(showPlan(plan, secrets)),
  };
}

/** Returns the reports of the deliveries of a task. */
export function reportDeliveries(
  task: TaskRecord,
  plan: Plan,
  { secrets, nextAttemptAt }: Omit<ReportOptions, 'now'>,
): DeliveryReport[] {
  const { callback } = plan.scenario;
  return deliveriesOf(task).map((delivery) => {
    const { id, kind, event, endpoint, url, dueAt } = delivery;
    const { status, attempts, inFlight } = progressOf(task, id);
    const nextAt = nextAttemptAt(task, plan, delivery);
    return {
      id,
      kind: kind ?? 'callback',
      event,
      endpointId: endpoint ?? null,
      url: secrets.maskText(url),
      status,
      why: reasonOf(delivery, { planned: plan.callbacks, added: task.extra, callback }),
      dueAt: new Date(dueAt).toISOString(),
      nextAttemptAt: nextAt === null ? null : new Date(nextAt).toISOString(),
      inFlight: inFlight === null ? null : present(inFlight),
      attempts: present(withRepeats(attempts)),
    };
  });
}

function withRepeats(attempts: readonly Attempt[]): ReportedAttempt[] {
  return attempts.map((attempt, index) => {
    const previous = attempts[index - 1];
    return previous?.outcome === 'interrupted' ? { ...attempt, repeats: previous.n } : attempt;
  });
}
