import { outcomeName } from '../core/outcome-name.ts';
import type { Attempt, DeliveryStatus, Plan } from '../core/types.ts';
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
  /** When the first attempt is due. */
  readonly dueAt: string;
  readonly attempts: readonly Presented<ReportedAttempt>[];
}

function withRepeats(attempts: readonly Attempt[]): ReportedAttempt[] {
  return attempts.map((attempt, index) => {
    const previous = attempts[index - 1];
    return previous?.outcome === 'interrupted' ? { ...attempt, repeats: previous.n } : attempt;
  });
}

/** Returns the report of a task at a moment. */
export function reportTask(task: TaskRecord, now: number, secrets: Secrets): TaskReport {
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
    deliveries: deliveriesOf(task).map(({ id, kind, event, endpoint, url, dueAt }): DeliveryReport => {
      const { status, attempts } = progressOf(task, id);
      return {
        id,
        kind: kind ?? 'callback',
        event,
        endpointId: endpoint ?? null,
        url: secrets.maskText(url),
        status,
        dueAt: new Date(dueAt).toISOString(),
        attempts: present(withRepeats(attempts)),
      };
    }),
    plan: present(showPlan(plan, secrets)),
  };
}
