import type { ReadCounts } from '../engine/apply-command.ts';

/** The polls and downloads that scenarios count, as all replicas apply them. */
export interface FleetReadCounts extends ReadCounts {
  forget(taskId: string): void;
  clear(): void;
  save(): readonly SavedReadCount[];
  load(saved: readonly SavedReadCount[]): void;
}

type SavedReadCount = readonly [taskId: string, counts: readonly (readonly [name: string, count: number])[]];

/** The name under which polls are counted; files have other names. */
const POLLS = '';

export function createReadCounts(): FleetReadCounts {
  const tasks = new Map<string, Map<string, number>>();

  function count(taskId: string, name: string): number {
    const counts = tasks.get(taskId) ?? new Map<string, number>();
    const earlier = counts.get(name) ?? 0;
    tasks.set(taskId, counts.set(name, earlier + 1));
    return earlier;
  }

  return {
    poll: (taskId) => count(taskId, POLLS),
    download: count,
    forget: (taskId) => void tasks.delete(taskId),
    clear: () => tasks.clear(),
    save: () => [...tasks].map(([taskId, counts]) => [taskId, [...counts]] as const),
    load(saved) {
      for (const [taskId, counts] of saved) tasks.set(taskId, new Map(counts));
    },
  };
}
