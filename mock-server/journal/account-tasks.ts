import type { Account } from '../core/types.ts';

/** The position of a task in its account's list. */
export interface Placed {
  place: number;
}

/** The tasks of each account in submission order, so that listing the newest N tasks costs O(N). */
export interface AccountTasks<Task extends Placed> {
  add(account: Account, task: Task): void;
  remove(account: Account, task: Task): void;
  newest(account: Account): Iterable<Task>;
  clear(): void;
}

/** Removed tasks leave gaps. The list is compacted once the gaps outnumber the remaining tasks. */
interface Row<Task> {
  items: (Task | null)[];
  gaps: number;
}

export function createAccountTasks<Task extends Placed>(): AccountTasks<Task> {
  const rows = new Map<Account, Row<Task>>();

  function closeGaps(row: Row<Task>): void {
    const left: Task[] = [];
    for (const task of row.items) {
      if (task === null) continue;
      task.place = left.length;
      left.push(task);
    }
    row.items = left;
    row.gaps = 0;
  }

  return {
    add(account, task) {
      let row = rows.get(account);
      if (row === undefined) {
        row = { items: [], gaps: 0 };
        rows.set(account, row);
      }
      task.place = row.items.length;
      row.items.push(task);
    },
    remove(account, task) {
      const row = rows.get(account);
      if (row?.items[task.place] !== task) return;
      row.items[task.place] = null;
      row.gaps += 1;
      if (row.gaps === row.items.length) rows.delete(account);
      else if (2 * row.gaps > row.items.length) closeGaps(row);
    },
    *newest(account) {
      const { items } = rows.get(account) ?? { items: [] };
      for (let place = items.length - 1; place >= 0; place--) {
        const task = items[place];
        if (task != null) yield task;
      }
    },
    clear: () => rows.clear(),
  };
}
