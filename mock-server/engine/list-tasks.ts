import { type TaskView, viewTask } from '../core/view.ts';
import { isAbandoned, type TaskRecord } from '../journal/stored-task.ts';
import type { ListFilter, ListOperation, PageRules, TaskPage } from '../packs/pack.ts';
import type { RequestParts } from '../packs/request-parts.ts';
import { JsonText } from '../packs/template.ts';

export interface PageRequest {
  readonly request: RequestParts;
  /** The URL of the request, including its query. */
  readonly url: string;
  readonly now: number;
}

interface Slice {
  readonly tasks: readonly TaskRecord[];
  readonly offset: number;
  readonly hasMore: boolean;
  readonly hasPrevious: boolean;
}

/** The start of a page: a number of tasks to skip, or a task that it follows or precedes. */
type Start =
  | { readonly type: 'offset'; readonly offset: number }
  | { readonly type: 'after' | 'before'; readonly taskId: string };

/**
 * Returns a page of tasks.
 * @param newestFirst all tasks of the list
 */
export function pageOfTasks(
  newestFirst: Iterable<TaskRecord>,
  { page, items }: ListOperation,
  { request, url, now }: PageRequest,
): TaskPage {
  const limit = Math.min(page.most, numberIn(request, page.limit) ?? page.size);
  const slice = sliceOf(newestFirst, startOf(page, request), limit);
  const texts = slice.tasks.flatMap((task) => textOf(task, items, now));
  const first = slice.tasks[0]?.plan.taskId;
  const last = slice.tasks.at(-1)?.plan.taskId;
  return {
    items: new JsonText(`[${texts.join(',')}]`),
    count: texts.length,
    limit,
    offset: slice.offset,
    hasMore: slice.hasMore,
    nextUrl: slice.hasMore && last !== undefined ? urlOf(url, page, `after:${last}`) : null,
    previousUrl: slice.hasPrevious && first !== undefined ? urlOf(url, page, `before:${first}`) : null,
  };
}

function sliceOf(newestFirst: Iterable<TaskRecord>, start: Start, limit: number): Slice {
  if (start.type === 'before') return sliceBefore(newestFirst, start.taskId, limit);
  const tasks: TaskRecord[] = [];
  let skipped = 0;
  let hasStarted = start.type === 'offset' && start.offset === 0;
  for (const task of newestFirst) {
    if (!hasStarted) {
      skipped += 1;
      hasStarted = start.type === 'offset' ? skipped === start.offset : task.plan.taskId === start.taskId;
    } else if (tasks.length < limit) tasks.push(task);
    else return { tasks, offset: skipped, hasMore: true, hasPrevious: skipped > 0 };
  }
  return { tasks, offset: skipped, hasMore: false, hasPrevious: skipped > 0 };
}

function sliceBefore(newestFirst: Iterable<TaskRecord>, taskId: string, limit: number): Slice {
  const newer: TaskRecord[] = [];
  for (const task of newestFirst) {
    if (task.plan.taskId === taskId) break;
    newer.push(task);
  }
  const offset = Math.max(0, newer.length - limit);
  return { tasks: newer.slice(offset), offset, hasMore: true, hasPrevious: offset > 0 };
}

function textOf(task: TaskRecord, items: ListOperation['items'], now: number): string[] {
  const { plan } = task;
  const view: TaskView = viewTask(plan, now, isAbandoned(task));
  const text = items.get(view.state)?.({ plan, view });
  return text === undefined ? [] : [text];
}

function startOf({ offset, cursor }: PageRules, request: RequestParts): Start {
  const sent = cursor === null ? undefined : request.query(cursor);
  if (sent === undefined) return { type: 'offset', offset: numberIn(request, offset) ?? 0 };
  const [, type, taskId = ''] =
    /^(after|before):(.+)$/.exec(Buffer.from(sent, 'base64url').toString('utf8')) ?? [];
  return { type: type === 'before' ? 'before' : 'after', taskId };
}

function numberIn(request: RequestParts, name: string | null): number | null {
  const value = name === null ? undefined : request.query(name);
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}

function urlOf(url: string, { cursor }: PageRules, place: string): string | null {
  if (cursor === null) return null;
  const other = new URL(url);
  other.searchParams.set(cursor, Buffer.from(place).toString('base64url'));
  return other.href;
}

/** Returns whether a request selects a task. */
type IsAskedFor = (task: TaskRecord, now: number) => boolean;

/** Creates the filter of a request. Values that are left out select all tasks. */
export function filterOf({ filters }: Pick<ListOperation, 'filters'>, request: RequestParts): IsAskedFor {
  const wanted = filters.flatMap(({ by, read }) => {
    const values = valuesIn(read(request));
    return values === null ? [] : [{ by, values }];
  });
  return (task, now) => wanted.every(({ by, values }) => values.has(fieldOf(task, by, now)));
}

function fieldOf(task: TaskRecord, by: ListFilter['by'], now: number): string {
  const { plan } = task;
  if (by === 'kind') return plan.kind;
  return by === 'ids' ? plan.taskId : viewTask(plan, now, isAbandoned(task)).state;
}

/** Returns the values in a list, or in a text with commas; null without any. */
function valuesIn(value: unknown): ReadonlySet<string> | null {
  const texts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  const values = texts.map((text) => text.trim()).filter((text) => text !== '');
  return values.length === 0 ? null : new Set(values);
}
