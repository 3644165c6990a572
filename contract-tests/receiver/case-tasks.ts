import type { Message } from './message.ts';
import type { SourcedTask } from './task-source.ts';

/** The tasks of one run of a case, and the work that the receiver must do for them. */
export interface CaseTasks {
  /** Adds a task. @param endsWell whether its final callback reports a success */
  add(task: SourcedTask, endsWell: boolean): void;
  /** Adds a task that the system under test submitted, for which no work is expected here. */
  addForeign(taskId: string): void;
  owns(taskId: string): boolean;
  /** Whether a message is an unchanged success. */
  isPlain(message: Message): boolean;
  /** Notes that a message was acknowledged, so that its work is expected if it reports a success. */
  acknowledged(message: Message): void;
  /** Notes that a message was sent, but its answer was not read. */
  sentUnread(message: Message): void;
  /** Ids of the tasks whose work is expected. */
  readonly expected: ReadonlySet<string>;
}

/** Creates an empty set of tasks. */
export function createCaseTasks(): CaseTasks {
  const ids = new Set<string>();
  const expected = new Set<string>();
  /** Original body of each success, by task. */
  const successes = new Map<string, string>();
  /** Bodies of progress callbacks, which must not cause work. */
  const progress = new Set<string>();
  return {
    add({ taskId, body, callbacks }, endsWell) {
      ids.add(taskId);
      if (endsWell) successes.set(taskId, body);
      for (const callback of callbacks) if (!callback.isFinal) progress.add(callback.body);
    },
    addForeign: (taskId) => void ids.add(taskId),
    owns: (taskId) => ids.has(taskId),
    isPlain: ({ taskId, text }) => successes.get(taskId) === text,
    acknowledged({ taskId, text }) {
      if (successes.has(taskId) && !progress.has(text)) expected.add(taskId);
    },
    sentUnread({ taskId }) {
      if (successes.has(taskId)) expected.add(taskId);
    },
    expected,
  };
}
