import { CodedError } from '../core/coded-error.ts';
import type { Plan, TaskId } from '../core/types.ts';
import { type ByteBudget, bytesOfText } from '../journal/byte-budget.ts';
import { scheduleNotesOf, type TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';

/** Bounds the memory that finished tasks occupy: they are kept for a while, and the oldest are forgotten first. */
export interface Retirement {
  /** Notes that a task has ended. Has no effect while the task is active. */
  retire(task: TaskRecord, plan: Plan): void;
  /** Whether a request of this text can be kept, after finished tasks were forgotten to make room. */
  hasRoomFor(text: string): boolean;
  /** @throws {CodedError} MEMORY_FULL when unfinished tasks alone occupy what is allowed */
  refuseIfFull(): void;
  clear(): void;
  /** Returns the tasks that have ended, in the order in which they will be forgotten. */
  save(): readonly TaskId[];
  load(taskIds: readonly TaskId[]): void;
}

export interface RetirementOptions {
  readonly tasks: Pick<TaskStore, 'get'>;
  readonly budget: ByteBudget;
  /** Number of finished tasks to keep; twice as many exist before the older half is forgotten. */
  readonly keep: number;
  readonly isActive: (task: TaskRecord, plan: Plan) => boolean;
  readonly forget: (task: TaskRecord) => void;
  /** Called after tasks were forgotten. */
  readonly onForgotten: () => void;
}

/** Bytes that a task needs in addition to its request, as far as is known before it is planned. */
const PLAN_BYTES = 1024;

export function createRetirement(options: RetirementOptions): Retirement {
  const { tasks, budget, keep, isActive, forget, onForgotten } = options;
  const retired: TaskId[] = [];

  /** Forgets more than is needed, so that not every task that ends has to make room. */
  function makeRoom(): void {
    const enough = budget.finishedLimit - budget.limit / 16;
    forgetOldest(() => budget.used('tasks') <= enough);
  }

  /** @param isEnough called with the number of tasks that have been examined so far */
  function forgetOldest(isEnough: (examined: number) => boolean): void {
    let n = 0;
    while (n < retired.length && !isEnough(n)) {
      const old = tasks.get(retired[n] ?? '');
      n += 1;
      if (old === undefined) continue;
      // A redelivery made it active again; it retires once more afterward.
      if (isActive(old, old.plan)) scheduleNotesOf(old).retired = false;
      else forget(old);
    }
    retired.splice(0, n);
    if (n > 0) onForgotten();
  }

  function hasRoomFor(text: string): boolean {
    const bytes = bytesOfText(text) + PLAN_BYTES;
    if (budget.used('tasks') + bytes <= budget.tasksLimit) return true;
    makeRoom();
    return budget.used('tasks') + bytes <= budget.tasksLimit;
  }

  return {
    retire(task, plan) {
      const notes = scheduleNotesOf(task);
      if (notes.retired || isActive(task, plan)) return;
      notes.retired = true;
      retired.push(plan.taskId);
      // In batches, so that forgetting costs next to nothing per task.
      if (retired.length >= 2 * keep) forgetOldest((n) => n >= keep);
      else if (budget.used('tasks') > budget.finishedLimit) makeRoom();
    },
    hasRoomFor,
    refuseIfFull() {
      if (hasRoomFor('')) return;
      throw new CodedError(
        'MEMORY_FULL',
        `unfinished tasks occupy all of the memory that --keep-bytes allows (${budget.limit} bytes in total)`,
        'Let tasks finish, reset the mock, or start it with a larger --keep-bytes.',
      );
    },
    clear() {
      retired.length = 0;
    },
    save: () => [...retired],
    load(taskIds) {
      for (const taskId of taskIds) {
        retired.push(taskId);
        const task = tasks.get(taskId);
        if (task !== undefined) scheduleNotesOf(task).retired = true;
      }
    },
  };
}
