import type { Account } from '../core/types.ts';
import { createAccountTasks } from './account-tasks.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { JournalRecord } from './journal-record.ts';
import { longRequestOf, type PackedPlan, sharedOf, withoutRequest } from './packed-plan.ts';
import { applyToTask, StoredTask, type TaskRecord } from './stored-task.ts';
import { bytesAdded, bytesOf } from './task-bytes.ts';

/** All tasks, derived from the journal: replaying the same entries gives the same store. */
export interface TaskStore {
  readonly size: number;
  get(id: string): TaskRecord | undefined;
  all(): IterableIterator<TaskRecord>;
  /** The tasks of one account, newest first. */
  newest(account: Account): Iterable<TaskRecord>;
  /** Applies a journal entry. The only way to change the store. */
  apply(record: JournalRecord): void;
}

/**
 * Creates an empty store.
 * @param budget the budget that the memory of tasks is charged to
 */
export function createTaskStore(budget: ByteBudget = createByteBudget(Number.POSITIVE_INFINITY)): TaskStore {
  const tasks = new Map<string, StoredTask>();
  const byAccount = createAccountTasks<StoredTask>();

  function enter(taskId: string, packed: PackedPlan): void {
    forget(taskId);
    const task = new StoredTask(packed);
    tasks.set(taskId, task);
    byAccount.add(sharedOf(packed).account, task);
    budget.charge('tasks', bytesOf(task));
    holdRequest(taskId, packed);
  }

  function forget(taskId: string): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    tasks.delete(taskId);
    byAccount.remove(sharedOf(task.packed).account, task);
    budget.charge('tasks', -bytesOf(task));
    dropRequest(taskId, task.packed);
    // The agenda may reference the task until its scheduled time.
    task.packed = withoutRequest(task.packed);
  }

  function amend(taskId: string, task: StoredTask, packed: PackedPlan): void {
    budget.charge('tasks', packed.bytes - task.packed.bytes);
    holdRequest(taskId, packed);
    dropRequest(taskId, task.packed);
    task.packed = packed;
  }

  function holdRequest(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.keepText('tasks', taskId, text);
  }

  function dropRequest(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.dropText('tasks', taskId, text);
  }

  function change(taskId: string, task: StoredTask, record: JournalRecord): void {
    if (record.type === 'task.amended') return amend(taskId, task, record.packed);
    budget.charge('tasks', bytesAdded(task, record));
    applyToTask(task, record);
  }

  function apply(record: JournalRecord): void {
    if (record.type === 'task.submitted') return enter(record.taskId, record.packed);
    if (record.type === 'server.reset') {
      tasks.clear();
      byAccount.clear();
      return budget.releaseTasks();
    }
    if (record.type === 'task.forgotten') return forget(record.taskId);
    const taskId = 'taskId' in record ? record.taskId : null;
    const task = taskId === null ? undefined : tasks.get(taskId);
    if (taskId !== null && task !== undefined) change(taskId, task, record);
  }

  return {
    get size() {
      return tasks.size;
    },
    get: (id) => tasks.get(id),
    all: () => tasks.values(),
    newest: byAccount.newest,
    apply,
  };
}
