import type { ReadCounts } from '../engine/apply-command.ts';
import type { Journal } from '../journal/journal.ts';

/** The polls and downloads that scenarios count, as all replicas apply them. */
export interface FleetReadCounts extends ReadCounts {
  save(): readonly SavedReadCount[];
  load(saved: readonly SavedReadCount[]): void;
}

type SavedReadCount = readonly [taskId: string, counts: readonly (readonly [name: string, count: number])[]];

/** The name under which polls are counted; files have other names. */
const POLLS = '';

export function createReadCounts(journal: Pick<Journal, 'subscribe'>): FleetReadCounts {
  const tasks = new Map<string, Map<string, number>>();

  journal.subscribe((entry) => {
    if (entry.type === 'task.forgotten') tasks.delete(entry.taskId);
    else if (entry.type === 'server.reset') tasks.clear();
  });

  function count(taskId: string, name: string): number {
    const counts = tasks.get(taskId) ?? new Map<string, number>();
    const earlier = counts.get(name) ?? 0;
    tasks.set(taskId, counts.set(name, earlier + 1));
    return earlier;
  }

  return {
    poll: (taskId) => count(taskId, POLLS),
    download: count,
    save: () => [...tasks].map(([taskId, counts]) => [taskId, [...counts]] as const),
    load(saved) {
      for (const [taskId, counts] of saved) tasks.set(taskId, new Map(counts));
    },
  };
}
