import type { Attempt, PlannedDelivery } from '../core/types.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { longRequestOf, type PackedPlan } from './packed-plan.ts';
import { isDownload, type StoredTask } from './stored-task.ts';

/** Charges the memory of tasks to a budget. */
export interface TaskMemory {
  add(taskId: string, task: StoredTask): void;
  remove(taskId: string, task: StoredTask): void;
  /** Must be called before the entry is applied to the task. */
  change(taskId: string, task: StoredTask, entry: PackedEntry): void;
  clear(): void;
}

/** @param countsDownloads whether the files that were downloaded are charged */
export function createTaskMemory(budget: ByteBudget, countsDownloads = true): TaskMemory {
  function hold(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.keepText('tasks', taskId, text);
  }

  function drop(taskId: string, packed: PackedPlan): void {
    const text = longRequestOf(packed);
    if (text !== null) budget.dropText('tasks', taskId, text);
  }

  return {
    add(taskId, task) {
      budget.charge('tasks', bytesOf(task, countsDownloads));
      hold(taskId, task.packed);
    },
    remove(taskId, task) {
      budget.charge('tasks', -bytesOf(task, countsDownloads));
      drop(taskId, task.packed);
    },
    change(taskId, task, entry) {
      if (countsDownloads || entry.type !== 'media.served') budget.charge('tasks', bytesAdded(task, entry));
      if (entry.type !== 'task.amended') return;
      hold(taskId, entry.packed);
      drop(taskId, task.packed);
    },
    clear: () => budget.releaseTasks(),
  };
}

/** The size of a task with its entries in the store and the agenda. Measured on V8, rounded up. */
const TASK_BYTES = 200;
/** The sizes of its additional parts. */
const ATTEMPT_BYTES = 250;
const DELIVERY_BYTES = 250;
const FILE_BYTES = 100;

function bytesOf({ packed, progress, extra, downloads }: StoredTask, countsDownloads: boolean): number {
  let bytes = TASK_BYTES + packed.bytes;
  for (const { attempts } of progress.values()) {
    for (const attempt of attempts) bytes += bytesOfAttempt(attempt);
  }
  for (const delivery of extra) bytes += bytesOfDelivery(delivery);
  if (countsDownloads) for (const name of downloads.keys()) bytes += bytesOfFile(name);
  return bytes;
}

/** Returns the size that an entry adds to its task. */
function bytesAdded({ downloads, packed }: StoredTask, entry: PackedEntry): number {
  if (entry.type === 'task.amended') return entry.packed.bytes - packed.bytes;
  if (entry.type === 'attempt.ended') return bytesOfAttempt(entry.attempt);
  if (entry.type === 'delivery.promised') return bytesOfDelivery(entry.delivery);
  const isNewFile = entry.type === 'media.served' && isDownload(entry) && !downloads.has(entry.name);
  return isNewFile ? bytesOfFile(entry.name) : 0;
}

function bytesOfAttempt({ answer, detail }: Attempt): number {
  return ATTEMPT_BYTES + 2 * answer.length + (detail?.length ?? 0);
}

function bytesOfDelivery({ url }: PlannedDelivery): number {
  return DELIVERY_BYTES + url.length;
}

function bytesOfFile(name: string): number {
  return FILE_BYTES + name.length;
}
