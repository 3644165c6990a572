import type { TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';

/** Those who wait for the first attempt of a task. */
export interface FirstAttempts {
  /** Resolves when an attempt of the task ends, or when a reset removes the task. */
  wait(taskId: TaskId): Promise<void>;
  /** Must be called when an attempt of the task has ended. */
  end(taskId: TaskId): void;
}

export function createFirstAttempts(journal: Pick<Journal, 'subscribe'>): FirstAttempts {
  const waiting = new Map<TaskId, (() => void)[]>();

  function end(taskId: TaskId): void {
    const resolves = waiting.get(taskId);
    if (resolves === undefined) return;
    waiting.delete(taskId);
    for (const resolve of resolves) resolve();
  }

  journal.subscribe(({ type }) => {
    if (type === 'server.reset') for (const taskId of [...waiting.keys()]) end(taskId);
  });

  return {
    wait: (taskId) =>
      new Promise((resolve) => waiting.set(taskId, [...(waiting.get(taskId) ?? []), resolve])),
    end,
  };
}
