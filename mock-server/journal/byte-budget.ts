/** The owner of memory: the journal's entries or the tasks. */
export type Owner = 'journal' | 'tasks';

/** Tracks the memory, in bytes, of client-supplied data that the mock retains, and its limits. */
export interface ByteBudget {
  readonly limit: number;
  /** The bytes an owner occupies now: an estimate that errs on the high side. */
  used(owner: Owner): number;
  /** Adds bytes to those of an owner. @param bytes negative to release memory */
  charge(owner: Owner, bytes: number): void;
  /** The bytes the journal may occupy now. */
  readonly journalLimit: number;
  /** The bytes the tasks may occupy before the oldest finished ones are evicted. */
  readonly finishedLimit: number;
  /** The bytes the tasks may occupy before new ones are rejected. */
  readonly tasksLimit: number;
  /**
   * Stores a long text of a task once, however many entries contain it: a response that echoes a request, or a body
   * that is sent again.
   * @returns the text to keep: the given one, or an equal one that is already stored
   */
  keepText(owner: Owner, taskId: string, text: string): string;
  dropText(owner: Owner, taskId: string, text: string): void;
  /** Releases the texts and the bytes of all tasks. */
  releaseTasks(): void;
}

/** Shorter texts are not deduplicated. */
export const LONG_TEXT = 1024;

interface Kept {
  readonly text: string;
  readonly bytes: number;
  readonly holders: Record<Owner, number>;
}

const BEYOND_ONE_BYTE = /[\u0100-\uffff]/;

/** V8 stores one byte per character, or two per character if any character is outside Latin-1. */
export function bytesOfText(text: string): number {
  if (text.length < LONG_TEXT) return 2 * text.length;
  return BEYOND_ONE_BYTE.test(text) ? 2 * text.length : text.length;
}

/**
 * Creates a budget.
 * @param limit in bytes; half of it is for the journal, or less when tasks need more than the other half
 */
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

  function remove(taskId: string, removed: Kept): void {
    const others = texts.get(taskId)?.filter((kept) => kept !== removed) ?? [];
    if (others.length > 0) texts.set(taskId, others);
    else texts.delete(taskId);
  }

  /** A text held by both owners counts toward the tasks, because it stays after the journal evicts it. */
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
