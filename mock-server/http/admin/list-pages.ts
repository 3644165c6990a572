import { CodedError } from '../../core/coded-error.ts';
import type { Account } from '../../core/types.ts';
import { viewTask } from '../../core/view.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalFilter } from '../../journal/matches-filter.ts';
import { sharedOf } from '../../journal/packed-plan.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { TaskStore } from '../../journal/task-store.ts';
import { eachInSlices } from './send-list.ts';

/** The end of a page of the journal. */
export interface JournalPage {
  /** Number of the last entry on the page. */
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
  /** Only tasks that were submitted before this one; null for all. */
  readonly before: string | null;
}

export interface TaskIdPage {
  /** The latest matching tasks, oldest first. Ids, because a task may be removed before it is sent. */
  readonly ids: readonly string[];
  readonly hasMore: boolean;
}

/**
 * Finds the page of tasks for a filter.
 * @throws {CodedError} TASK_UNKNOWN when the task `before` does not exist
 */
export async function pageOfTasks(
  tasks: TaskStore,
  filter: TaskFilter,
  limit: number,
  now: number,
): Promise<TaskIdPage> {
  const { before } = filter;
  if (before !== null && tasks.get(before) === undefined) {
    throw new CodedError(
      'TASK_UNKNOWN',
      `task "${before.slice(0, 100)}" does not exist`,
      'It may have been removed in the meantime. Use GET /__admin/tasks to start with the latest tasks.',
    );
  }
  let ids: string[] = [];
  let found = 0;
  // Tasks that are submitted during the walk do not count.
  let left = tasks.size;
  await eachInSlices(tasks.all(), (task) => {
    const taskId = idOf(task);
    left -= 1;
    if (taskId === before || left < 0) return false;
    if (!fits(task, filter, now)) return undefined;
    found += 1;
    ids.push(taskId);
    // This happens rarely enough to cost nothing.
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
