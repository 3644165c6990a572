import type { Account } from '../core/types.ts';
import { aliasesOf, sharedOf } from './packed-plan.ts';
import type { TaskRecord } from './stored-task.ts';

/** The pack and the account within which an alias means a task. */
export interface AliasOwner {
  readonly pack: string;
  readonly account: Account;
}

/** The tasks by the ids that their clients chose. */
export interface TaskAliases<Task extends Pick<TaskRecord, 'packed'>> {
  add(task: Task): void;
  remove(task: Task): void;
  clear(): void;
  /** Returns the latest task of an owner with this alias. */
  find(alias: string, owner: AliasOwner): Task | undefined;
  /** Returns the task with this alias of the owner who was the last to use the alias first. */
  findAny(alias: string): Task | undefined;
}

/** Creates an empty index. Tasks without aliases need no memory in it. */
export function createTaskAliases<Task extends Pick<TaskRecord, 'packed'>>(): TaskAliases<Task> {
  const byAlias = new Map<string, Map<string, Task[]>>();

  function addOne(alias: string, owner: string, task: Task): void {
    const owners = byAlias.get(alias);
    if (owners === undefined) byAlias.set(alias, new Map([[owner, [task]]]));
    else if (owners.has(owner)) owners.get(owner)?.push(task);
    else owners.set(owner, [task]);
  }

  function removeOne(alias: string, owner: string, task: Task): void {
    const owners = byAlias.get(alias);
    const tasks = owners?.get(owner);
    if (owners === undefined || tasks === undefined) return;
    // Tasks are mostly removed in the order in which they were added.
    const at = tasks.indexOf(task);
    if (at >= 0) tasks.splice(at, 1);
    if (tasks.length === 0) owners.delete(owner);
    if (owners.size === 0) byAlias.delete(alias);
  }

  function each(task: Task, visit: typeof addOne): void {
    const aliases = aliasesOf(task.packed);
    if (aliases.length === 0) return;
    const owner = keyOf(sharedOf(task.packed));
    for (const alias of aliases) visit(alias, owner, task);
  }

  return {
    add: (task) => each(task, addOne),
    remove: (task) => each(task, removeOne),
    clear: () => byAlias.clear(),
    find: (alias, owner) => byAlias.get(alias)?.get(keyOf(owner))?.at(-1),
    findAny: (alias) => [...(byAlias.get(alias)?.values() ?? [])].at(-1)?.at(-1),
  };
}

function keyOf({ pack, account }: AliasOwner): string {
  return `${pack} ${account}`;
}
