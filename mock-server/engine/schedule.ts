import type { Plan, TaskId } from '../core/types.ts';
import { stepsReached } from '../core/view.ts';
import type { Deliveries } from '../delivery/deliveries.ts';
import type { ByteBudget } from '../journal/byte-budget.ts';
import type { Journal } from '../journal/journal.ts';
import { scheduleNotesOf, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import { type Agenda, createAgenda } from './agenda.ts';
import { createRetirement, type Retirement } from './retirement.ts';

/**
 * Decides when each task is visited next. A visit announces the states that were reached, starts the deliveries that
 * are due, and retires a task that has nothing left to do.
 */
export interface Schedule extends Pick<Retirement, 'hasRoomFor' | 'refuseIfFull'> {
  /** The earliest moment at which a task is due; null when none is. */
  nextAt(): number | null;
  /** The task that is due first, and when; null when none is. */
  next(): { readonly at: number; readonly task: TaskRecord } | null;
  /** Visits every task that is due at or before a moment. */
  runDue(now: number): void;
  /** Enters the next moment of a task into the agenda, after something about the task changed. */
  update(task: TaskRecord, plan?: Plan): void;
  /** The same for a task that may have ended as well. */
  settle(task: TaskRecord, plan?: Plan): void;
  /** When the next state or callback of a task is due; infinity when it has neither. */
  nextStepAt(task: TaskRecord): number;
  /** Whether a task has states to announce or deliveries to settle. */
  isActive(task: TaskRecord): boolean;
  /** Whether a delivery of a task is not settled. A task that has retired has none. */
  isCalling(task: TaskRecord): boolean;
  /** Removes a task for good. */
  forget(task: TaskRecord): void;
  /** Returns the orders in which tasks are visited and retire, which the journal does not determine. */
  save(): SavedSchedule;
  /** Continues in the saved orders. */
  load(saved: SavedSchedule): void;
}

export interface SavedSchedule {
  readonly due: readonly (readonly [dueAt: number, taskId: TaskId])[];
  readonly retired: readonly TaskId[];
}

export interface ScheduleOptions {
  readonly tasks: Pick<TaskStore, 'get' | 'size'>;
  readonly journal: Pick<Journal, 'append' | 'subscribe'>;
  readonly deliveries: Pick<Deliveries, 'nextAt' | 'isOpen' | 'start'>;
  readonly budget: ByteBudget;
  /** Number of finished tasks to keep. */
  readonly keep: number;
  /** Called when a task has reached a step. */
  readonly onReached: (task: TaskRecord, plan: Plan, step: number) => void;
  /** Called after finished tasks were forgotten. */
  readonly onForgotten: () => void;
}

/** A smaller agenda is not worth a sweep. */
const FEW = 64;

export function createSchedule(options: ScheduleOptions): Schedule {
  const { tasks, journal, deliveries, budget, keep, onForgotten, onReached } = options;
  const agenda = createAgenda<TaskRecord>();
  const retirement = createRetirement({ tasks, budget, keep, isActive, forget, onForgotten });

  journal.subscribe(({ type }) => {
    if (type === 'server.reset') for (const one of [agenda, retirement]) one.clear();
  });

  function isActive(task: TaskRecord, plan: Plan = task.plan): boolean {
    return task.announced < plan.steps.length || deliveries.isOpen(task, plan);
  }

  function nextStepAt(task: TaskRecord, plan: Plan = task.plan): number {
    return Math.min(
      plan.steps[task.announced]?.at ?? Number.POSITIVE_INFINITY,
      deliveries.nextAt(task, plan) ?? Number.POSITIVE_INFINITY,
    );
  }

  function update(task: TaskRecord, plan: Plan = task.plan): void {
    const notes = scheduleNotesOf(task);
    const expiresAt = task.expired ? null : plan.mediaExpiresAt;
    const nextAt = Math.min(nextStepAt(task, plan), expiresAt ?? Number.POSITIVE_INFINITY);
    if (nextAt === notes.scheduledAt) return;
    notes.scheduledAt = nextAt;
    notes.scheduledAs = nextAt < Number.POSITIVE_INFINITY ? agenda.add(nextAt, task) : null;
  }

  function visit(task: TaskRecord, now: number): void {
    unschedule(task);
    const { plan } = task;
    announce(journal, task, plan, now, onReached);
    deliveries.start(task, plan, now);
    settle(task, plan);
  }

  function settle(task: TaskRecord, plan: Plan = task.plan): void {
    update(task, plan);
    retirement.retire(task, plan);
  }

  function forget(task: TaskRecord): void {
    unschedule(task);
    journal.append({ type: 'task.forgotten', taskId: task.plan.taskId });
    // A task needs one entry; the others are moments that changed, or belong to tasks that were forgotten.
    if (agenda.size <= 2 * tasks.size + FEW) return;
    agenda.sweep((waiting, entry) => scheduleNotesOf(waiting).scheduledAs === entry);
  }

  function runDue(now: number): void {
    for (let dueAt = agenda.nextAt(); dueAt !== null && dueAt <= now; dueAt = agenda.nextAt()) {
      const entry = agenda.nextEntry();
      const task = agenda.take();
      // The entry of a previous moment stays in the agenda when a task is rescheduled.
      if (task !== undefined && scheduleNotesOf(task).scheduledAs === entry) visit(task, now);
    }
  }

  return {
    nextAt: agenda.nextAt,
    next: () => nextIn(agenda),
    runDue,
    update,
    settle,
    nextStepAt,
    isActive,
    isCalling: (task) => !scheduleNotesOf(task).retired && deliveries.isOpen(task, task.plan),
    forget,
    save: () => ({ due: dueIn(agenda), retired: retirement.save() }),
    load({ due, retired }) {
      for (const [dueAt, taskId] of due) {
        const task = tasks.get(taskId);
        if (task === undefined) continue;
        const notes = scheduleNotesOf(task);
        notes.scheduledAt = dueAt;
        notes.scheduledAs = agenda.add(dueAt, task);
      }
      retirement.load(retired);
    },
    hasRoomFor: retirement.hasRoomFor,
    refuseIfFull: retirement.refuseIfFull,
  };
}

/** Drops entries of previous moments on the way. */
function nextIn(agenda: Agenda<TaskRecord>): { at: number; task: TaskRecord } | null {
  for (let at = agenda.nextAt(); at !== null; at = agenda.nextAt()) {
    const task = agenda.first();
    if (task !== undefined && scheduleNotesOf(task).scheduledAs === agenda.nextEntry()) return { at, task };
    agenda.take();
  }
  return null;
}

function dueIn(agenda: Agenda<TaskRecord>): SavedSchedule['due'] {
  const wanted = agenda.list().filter(([, task, entry]) => scheduleNotesOf(task).scheduledAs === entry);
  return wanted.map(([dueAt, task]) => [dueAt, task.plan.taskId] as const);
}

function unschedule(task: TaskRecord): void {
  const notes = scheduleNotesOf(task);
  notes.scheduledAt = Number.POSITIVE_INFINITY;
  notes.scheduledAs = null;
}

function announce(
  journal: Pick<Journal, 'append'>,
  task: TaskRecord,
  plan: Plan,
  now: number,
  onReached: ScheduleOptions['onReached'],
): void {
  const reached = stepsReached(plan, now);
  for (let index = task.announced; index < reached; index++) {
    const state = plan.steps[index]?.state ?? '';
    journal.append({ type: 'task.changed', taskId: plan.taskId, state, index });
    onReached(task, plan, index);
  }
  if (!task.expired && plan.mediaExpiresAt !== null && plan.mediaExpiresAt <= now) {
    journal.append({ type: 'task.expired', taskId: plan.taskId });
  }
}
