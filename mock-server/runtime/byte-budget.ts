/** Whose memory it is: that of the journal's entries, or that of the tasks. */
export type Owner = 'journal' | 'tasks';

/** What the mock keeps in memory of what others have sent it, in bytes, and how much that may be. */
export interface ByteBudget {
  readonly limit: number;
  /** What each owner occupies now, an estimate that errs on the high side. */
  used(owner: Owner): number;
  /** @param bytes negative when they are free again */
  charge(owner: Owner, bytes: number): void;
  /** How much the journal may occupy now. */
  readonly journalLimit: number;
  /** How much the tasks may occupy before the oldest finished ones are forgotten, and before new ones are refused. */
  readonly finishedLimit: number;
  readonly tasksLimit: number;
  /**
   * Keeps a long text that belongs to a task once, however many entries have it: an answer that echoes a request,
   * a body that is sent again.
   * @returns the text to keep: the same, or an equal one that is kept already
   */
  keepText(owner: Owner, taskId: string, text: string): string;
  dropText(owner: Owner, taskId: string, text: string): void;
  /** All tasks are gone at once. */
  releaseTasks(): void;
}

/** Shorter texts are not worth looking for an equal one. */
export const LONG_TEXT = 1024;

interface Kept {
  readonly text: string;
  readonly bytes: number;
  readonly holders: Record<Owner, number>;
}

const BEYOND_ONE_BYTE = /[\u0100-\uffff]/;

/** V8 needs a byte for each character, or two for each as soon as one of them is beyond Latin-1. */
export function bytesOfText(text: string): number {
  if (text.length < LONG_TEXT) return 2 * text.length;
  return BEYOND_ONE_BYTE.test(text) ? 2 * text.length : text.length;
}

/** @param limit in bytes; half of it is the journal's, less when tasks need more than the other half */
export function createByteBudget(limit: number): ByteBudget {
  const used: Record<Owner, number> = { journal: 0, tasks: 0 };
  const texts = new Map<string, Kept[]>();

  function find(taskId: string, text: string): Kept | undefined {
    return texts.get(taskId)?.find((kept) => kept.text === text);
  }

  function add(taskId: string, text: string): Kept {
    const kept: Kept = { text, bytes: bytesOfText(text), holders: { journal: 0, tasks: 0 } };
    const others = texts.get(taskId);
    if (others === undefined) texts.set(taskId, [kept]);
    else others.push(kept);
    return kept;
  }

  function remove(taskId: string, gone: Kept): void {
    const others = texts.get(taskId)?.filter((kept) => kept !== gone) ?? [];
    if (others.length > 0) texts.set(taskId, others);
    else texts.delete(taskId);
  }

  /** A text that both hold counts for the tasks: it stays when the journal lets go of it. */
  function hold(kept: Kept, owner: Owner, change: 1 | -1): void {
    const before = payerOf(kept);
    kept.holders[owner] += change;
    const after = payerOf(kept);
    if (before === after) return;
    if (before !== null) used[before] -= kept.bytes;
    if (after !== null) used[after] += kept.bytes;
  }

  return {
    limit,
    used: (owner) => used[owner],
    charge(owner, bytes) {
      used[owner] += bytes;
    },
    get journalLimit() {
      return Math.max(limit / 4, Math.min(limit / 2, limit - used.tasks));
    },
    finishedLimit: limit / 2,
    tasksLimit: (limit / 4) * 3,
    keepText(owner, taskId, text) {
      const kept = find(taskId, text) ?? add(taskId, text);
      hold(kept, owner, 1);
      return kept.text;
    },
    dropText(owner, taskId, text) {
      const kept = find(taskId, text);
      if (kept === undefined) return;
      hold(kept, owner, -1);
      if (payerOf(kept) === null) remove(taskId, kept);
    },
    releaseTasks() {
      for (const [taskId, all] of texts) {
        for (const kept of all) {
          const counted = payerOf(kept) === 'journal';
          kept.holders.tasks = 0;
          if (payerOf(kept) === null) remove(taskId, kept);
          else if (!counted) used.journal += kept.bytes;
        }
      }
      used.tasks = 0;
    },
  };
}

function payerOf({ holders }: Kept): Owner | null {
  if (holders.tasks > 0) return 'tasks';
  return holders.journal > 0 ? 'journal' : null;
}
