import { amendOutcome } from '../core/amend.ts';
import type { Account, Outcome, Plan } from '../core/types.ts';
import { stepsReached } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { longRequestOf, type PlanPacker } from '../journal/packed-plan.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { kindOfTask } from '../packs/kind-by-field.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { announcementOf } from './announcement.ts';
import type { Schedule } from './schedule.ts';
import type { Slots } from './slots.ts';

/** Changes the plans of existing tasks. A slot that becomes free lets other tasks of the account start earlier. */
export interface PlanChanges {
  /**
   * Ends a running task, unless it ends by itself before that.
   * @param reason for the journal
   * @param afterMs time of the vendor until then (default: none)
   */
  end(task: TaskRecord, operation: SubmitOperation, outcome: Outcome, reason: string, afterMs?: number): void;
  /** Removes a task for good. */
  remove(task: TaskRecord): void;
}

export interface PlanChangesOptions {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Pick<Clock, 'now' | 'touch'>;
  readonly schedule: Pick<Schedule, 'update' | 'forget'>;
  readonly packer: PlanPacker;
  readonly slots: Pick<Slots, 'earlierStarts'>;
  readonly speed: number;
}

export function createPlanChanges(options: PlanChangesOptions): PlanChanges {
  const { journal, clock, schedule, packer, slots, speed } = options;

  function amend(task: TaskRecord, plan: Plan, reason: string): void {
    const packed = packer.pack(plan, longRequestOf(task.packed) ?? undefined);
    journal.append({ type: 'task.amended', taskId: plan.taskId, packed, reason });
    schedule.update(task);
  }

  function moveUp(account: Account): void {
    for (const { task, plan } of slots.earlierStarts(account, clock.now())) {
      amend(task, plan, 'a slot became free');
    }
    clock.touch();
  }

  return {
    end(task, operation, outcome, reason, afterMs = 0) {
      const { plan: current } = task;
      const now = clock.now() + Math.round(afterMs / speed);
      if (stepsReached(current, now) === current.steps.length) return;
      const plan = amendOutcome({
        plan: current,
        rules: kindOfTask(operation, current),
        announcement: announcementOf(operation, current.request, current.targets),
        outcome,
        now,
        speed,
        lastExtra: task.extra.at(-1),
      });
      amend(task, plan, reason);
      moveUp(plan.account);
    },
    remove(task) {
      const { account } = task.plan;
      schedule.forget(task);
      moveUp(account);
    },
  };
}
