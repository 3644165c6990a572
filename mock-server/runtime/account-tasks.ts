import type { Account } from '../core/types.ts';

/** Where a task lies in the list of its account. */
export interface Placed {
  place: number;
}

/** The tasks of each account in order of submission, so that a page of the latest costs no more than the page. */
export interface AccountTasks<Task extends Placed> {
  add(account: Account, task: Task): void;
  remove(account: Account, task: Task): void;
  newest(account: Account): Iterable<Task>;
  clear(): void;
}

/** Where tasks were removed, there are gaps until they are more than what is left. */
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
