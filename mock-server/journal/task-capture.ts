/**
 * Saves all tasks as of one moment, while they change: copying a million tasks at once would stop the mock, so a task
 * is saved when it is reached, or just before its first change, whichever is earlier.
 */
export interface TaskCapture<Task, Saved> {
  /** Must be called before a task of the store changes or is removed. */
  beforeChange(task: Task): void;
  /** Leaves out a task that was added after the moment. */
  leaveOut(task: Task): void;
  /** Yields the tasks in the order of the store; those that were removed in the meantime come last. */
  parts(): Generator<Saved>;
}

export function captureTasks<Task, Saved>(
  tasks: Iterable<Task>,
  save: (task: Task) => Saved,
  onEnd: () => void,
): TaskCapture<Task, Saved> {
  /** The tasks that need not be saved anymore; with a value for those saved before they were reached. */
  const done = new Map<Task, Saved | null>();

  return {
    beforeChange(task) {
      if (!done.has(task)) done.set(task, save(task));
    },
    leaveOut: (task) => void done.set(task, null),
    *parts() {
      try {
        for (const task of tasks) {
          const early = done.get(task);
          done.set(task, null);
          if (early === undefined) yield save(task);
          else if (early !== null) yield early;
        }
        for (const early of done.values()) if (early !== null) yield early;
      } finally {
        onEnd();
      }
    },
  };
}
