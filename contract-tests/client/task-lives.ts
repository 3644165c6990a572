import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import type { Submitted, TaskLife } from './evidence.ts';
import type { RunClock } from './run-clock.ts';

type Change = Extract<JournalEntry, { readonly type: 'task.amended' | 'task.changed' | 'task.expired' }>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Follows tasks from their submission to their end. */
export interface TaskLives {
  add(entry: Submitted): void;
  /** Applies a change; a change of a task that was not submitted here is ignored. */
  change(entry: Change): void;
  /** Returns the tasks of a pack in the order of their submission. */
  of(pack: Pack): readonly TaskLife[];
}

/** Creates an empty collection of tasks. */
export function createTaskLives(clock: Pick<RunClock, 'happening' | 'timeOf'>): TaskLives {
  const byPack = new Map<string, TaskLife[]>();
  const byId = new Map<string, Writable<TaskLife>>();
  return {
    add(entry) {
      const { taskId: id, plan } = entry;
      const life = { ...clock.happening(entry), id, plan, endedAtMs: null, expiredSeq: null };
      byId.set(id, life);
      const own = byPack.get(plan.pack);
      if (own === undefined) byPack.set(plan.pack, [life]);
      else own.push(life);
    },
    change(entry) {
      const life = byId.get(entry.taskId);
      if (life === undefined) return;
      if (entry.type === 'task.amended') life.plan = entry.plan;
      else if (entry.type === 'task.expired') life.expiredSeq = entry.seq;
      else if (entry.index === life.plan.steps.length - 1) life.endedAtMs = clock.timeOf(entry);
    },
    of: ({ name }) => byPack.get(name) ?? [],
  };
}
