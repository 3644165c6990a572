import type { Journal } from '../journal/journal.ts';
import type { PollOperation, TaskContext } from '../packs/pack.ts';
import type { StateAnswer } from '../packs/state-answer.ts';

/** Keeps the answers of polls: they stay the same as long as the state does, and clients poll many times. */
export interface RenderedAnswers {
  /** Null when the operation has no answer for the state. */
  answerOf(operation: PollOperation, context: TaskContext): StateAnswer | null;
}

interface Rendered {
  readonly operation: PollOperation;
  readonly state: string;
  readonly expired: boolean;
  readonly answer: StateAnswer;
}

/** Number of answers that are kept, and their characters in total. */
const MOST_KEPT = 5000;
const MOST_CHARACTERS = 8 * 1024 * 1024;
/** Longer answers contain the files of their requests, and are rendered each time. */
const LONGEST_KEPT = 64 * 1024;

export function createRenderedAnswers(journal: Pick<Journal, 'subscribe'>): RenderedAnswers {
  const kept = new Map<string, Rendered>();
  let characters = 0;

  journal.subscribe((entry) => {
    if (entry.type === 'task.amended' || entry.type === 'task.forgotten') drop(entry.taskId);
    else if (entry.type === 'server.reset') clear();
  });

  function drop(taskId: string): void {
    characters -= kept.get(taskId)?.answer.body.length ?? 0;
    kept.delete(taskId);
  }

  function clear(): void {
    kept.clear();
    characters = 0;
  }

  return {
    answerOf(operation, context) {
      const { plan, view } = context;
      const { state, expired } = view;
      const known = kept.get(plan.taskId);
      if (known?.operation === operation && known.state === state && known.expired === expired)
        return known.answer;
      const answer = operation.answers.get(state)?.(context) ?? null;
      if (answer === null || answer.body.length > LONGEST_KEPT || operation.moving.has(state)) return answer;
      drop(plan.taskId);
      if (kept.size >= MOST_KEPT || characters >= MOST_CHARACTERS) clear();
      kept.set(plan.taskId, { operation, state, expired, answer });
      characters += answer.body.length;
      return answer;
    },
  };
}
