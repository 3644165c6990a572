import { lanes, onEveryEntry } from '../live.ts';

/** Longest time that the stream may take to bring a task whose submission was answered. */
const LIMIT_MS = 2000;

/**
 * Returns the task that the answer to a submission names, as soon as the stream has brought it. Vendors name tasks in
 * different places, but with the same id. @returns null if the answer does not name a task
 */
export function findTask(answer: string): Promise<string | null> {
  const known = lanes.list.findLast(({ id }) => answer.includes(id));
  if (known !== undefined) return Promise.resolve(known.id);
  return new Promise((resolve) => {
    const finish = (taskId: string | null): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(taskId);
    };
    const timer = setTimeout(() => finish(null), LIMIT_MS);
    const unsubscribe = onEveryEntry((entry) => {
      if (entry.type === 'task.submitted' && answer.includes(entry.taskId)) finish(entry.taskId);
    });
  });
}
