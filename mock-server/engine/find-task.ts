import type { Account } from '../core/types.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Pack } from '../packs/pack.ts';

/** Returns the task that a client asks for by its id, or by an id that the same account has chosen. */
export function findTask(
  tasks: Pick<TaskStore, 'get' | 'find'>,
  id: string,
  { name, aliases }: Pick<Pack, 'name' | 'aliases'>,
  account: Account,
): TaskRecord | undefined {
  const task = tasks.get(id);
  return task === undefined && aliases !== null ? tasks.find(id, { pack: name, account }) : task;
}
