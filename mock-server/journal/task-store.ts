import type { Account } from '../core/types.ts';
import { createAccountTasks } from './account-tasks.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { Fold } from './fold.ts';
import type { PackedEntry } from './journal-entry.ts';
import { createPlanPacker, type PlanPacker, sharedOf, withoutRequest } from './packed-plan.ts';
import { loadTask, type SavedTask, saveTask, TASKS } from './saved-task.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { affectsTask, applyToTask, StoredTask, type TaskRecord } from './stored-task.ts';
import { type AliasOwner, createTaskAliases } from './task-aliases.ts';
import { captureTasks, type TaskCapture } from './task-capture.ts';
import { createTaskMemory } from './task-memory.ts';

/** All tasks, derived from the journal: replaying the same entries gives the same store. */
export interface TaskStore extends Fold<SavedTask> {
  readonly size: number;
  get(id: string): TaskRecord | undefined;
  /** Returns a task by its id, or by an id that its client chose. @param owner of the alias; any by default */
  find(id: string, owner?: AliasOwner): TaskRecord | undefined;
  all(): IterableIterator<TaskRecord>;
  /** The tasks of one account, newest first. */
  newest(account: Account): Iterable<TaskRecord>;
}

export interface TaskStoreOptions {
  /** The budget that the memory of tasks is charged to. */
  readonly budget?: ByteBudget;
  /**
   * Whether the memory of tasks includes their downloads; true by default. Replicas learn of them at different times, and
   * must agree on the memory.
   */
  readonly countsDownloads?: boolean;
  /** Packs the plans of saved tasks. */
  readonly packer?: PlanPacker;
  /** The secrets that are masked when a task is saved. */
  readonly secrets?: Secrets;
}

/** Creates an empty store. */
export function createTaskStore(options: TaskStoreOptions = {}): TaskStore {
  const { packer = createPlanPacker(), secrets = createSecrets(), countsDownloads } = options;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY) } = options;
  const memory = createTaskMemory(budget, countsDownloads);
  const tasks = new Map<string, StoredTask>();
  const byAccount = createAccountTasks<StoredTask>();
  const aliases = createTaskAliases<StoredTask>();
  let capture: TaskCapture<StoredTask, SavedTask> | null = null;

  function enter(taskId: string, task: StoredTask): void {
    forget(taskId);
    capture?.leaveOut(task);
    tasks.set(taskId, task);
    byAccount.add(sharedOf(task.packed).account, task);
    aliases.add(task);
    memory.add(taskId, task);
  }

  function forget(taskId: string): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    capture?.beforeChange(task);
    tasks.delete(taskId);
    byAccount.remove(sharedOf(task.packed).account, task);
    aliases.remove(task);
    memory.remove(taskId, task);
    // The agenda may reference the task until its scheduled time.
    task.packed = withoutRequest(task.packed);
  }

  function change(taskId: string, task: StoredTask, entry: PackedEntry): void {
    if (!affectsTask(entry)) return;
    capture?.beforeChange(task);
    memory.change(taskId, task, entry);
    applyToTask(task, entry);
  }

  function clear(): void {
    capture = null;
    tasks.clear();
    byAccount.clear();
    aliases.clear();
    memory.clear();
  }

  function applyToOne(entry: PackedEntry): void {
    const taskId = 'taskId' in entry ? entry.taskId : null;
    const task = taskId === null ? undefined : tasks.get(taskId);
    if (taskId !== null && task !== undefined) change(taskId, task, entry);
  }

  return {
    get size() {
      return tasks.size;
    },
    get: (id) => tasks.get(id),
    find: (id, owner) =>
      tasks.get(id) ?? (owner === undefined ? aliases.findAny(id) : aliases.find(id, owner)),
    all: () => tasks.values(),
    newest: byAccount.newest,
    name: TASKS,
    counted: ['request.answered', 'media.served'],
    apply(entry) {
      if (entry.type === 'task.submitted') enter(entry.taskId, new StoredTask(entry.packed));
      else if (entry.type === 'server.reset') clear();
      else if (entry.type === 'task.forgotten') forget(entry.taskId);
      else applyToOne(entry);
    },
    save() {
      const own = captureTasks(tasks.values(), (task) => saveTask(task, secrets), end);
      function end(): void {
        if (capture === own) capture = null;
      }
      capture = own;
      return own.parts();
    },
    load: (saved) => enter(saved.plan.taskId, loadTask(saved, packer)),
  };
}
