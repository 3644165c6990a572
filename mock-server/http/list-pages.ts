import { CodedError } from '../core/coded-error.ts';
import type { Account } from '../core/types.ts';
import { viewTask } from '../core/view.ts';
import type { Journal, JournalFilter } from '../runtime/journal.ts';
import { sharedOf } from '../runtime/packed-plan.ts';
import type { TaskRecord, TaskStore } from '../runtime/task-store.ts';
import { eachInSlices } from './send-list.ts';

/** Where a page of the journal ends. */
export interface JournalPage {
  /** Its last entry. */
  readonly upTo: number;
  readonly hasMore: boolean;
}

export async function pageOfJournal(
  journal: Journal,
  filter: JournalFilter,
  limit: number,
): Promise<JournalPage> {
  let upTo = filter.since ?? 0;
  let found = 0;
  await eachInSlices(journal.read(filter), (record) => {
    if (record === null) return undefined;
    found += 1;
    if (found > limit) return false;
    upTo = record.seq;
    return undefined;
  });
  return { upTo, hasMore: found > limit };
}

export interface TaskFilter {
  readonly pack: string | null;
  readonly account: Account | null;
  readonly state: string | null;
  /** Only those that were submitted before this one; null for all. */
  readonly before: string | null;
}

export interface TaskPage {
  /** The latest that fit, oldest first. Ids, because a task may be forgotten before it is shown. */
  readonly ids: readonly string[];
  readonly hasMore: boolean;
}

/** @throws {CodedError} TASK_UNKNOWN when there is no task `before` */
export async function pageOfTasks(
  tasks: TaskStore,
  filter: TaskFilter,
  limit: number,
  now: number,
): Promise<TaskPage> {
  const { before } = filter;
  if (before !== null && tasks.get(before) === undefined) {
    throw new CodedError(
      'TASK_UNKNOWN',
      `there is no task "${before.slice(0, 100)}"`,
      'It may have been forgotten meanwhile. GET /__admin/tasks begins with the latest tasks.',
    );
  }
  let ids: string[] = [];
  let found = 0;
  // Those that are submitted meanwhile do not count.
  let left = tasks.size;
  await eachInSlices(tasks.all(), (task) => {
    const taskId = idOf(task);
    left -= 1;
    if (taskId === before || left < 0) return false;
    if (!fits(task, filter, now)) return undefined;
    found += 1;
    ids.push(taskId);
    // Seldom enough to cost nothing.
    if (ids.length > 2 * limit + 1000) ids = ids.slice(ids.length - limit);
    return undefined;
  });
  return { ids: ids.slice(Math.max(0, ids.length - limit)), hasMore: found > limit };
}

function fits(task: TaskRecord, { pack, account, state }: TaskFilter, now: number): boolean {
  const shared = sharedOf(task.packed);
  if (pack !== null && shared.pack !== pack) return false;
  if (account !== null && shared.account !== account) return false;
  return state === null || viewTask(task.plan, now).state === state;
}

function idOf({ packed }: TaskRecord): string {
  return packed.type === 'whole' ? packed.plan.taskId : packed.taskId;
}
