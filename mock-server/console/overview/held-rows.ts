import type { Lane } from '../model/lane.ts';

/** Keeps the rows in place while somebody reads or points at them, although new tasks are added at the top. */
export interface HeldRows {
  /** Returns the tasks to show, and how many newer ones wait. @param isHeld whether rows must stay in place */
  show(all: readonly Lane[], isHeld: boolean): { readonly rows: readonly Lane[]; readonly waiting: number };
  release(): void;
}

export function createHeldRows(): HeldRows {
  let newestId: string | null = null;
  let cached: {
    readonly all: readonly Lane[];
    readonly count: number;
    readonly rows: readonly Lane[];
  } | null = null;

  /** The same list again for the same tasks, so that a comparison shows that nothing changed. */
  function firstOf(all: readonly Lane[], count: number): readonly Lane[] {
    if (count === all.length) return all;
    if (cached?.all !== all || cached.count !== count) cached = { all, count, rows: all.slice(0, count) };
    return cached.rows;
  }

  return {
    show(all, isHeld) {
      if (!isHeld) newestId = null;
      else newestId ??= all.at(-1)?.id ?? null;
      if (newestId === null) return { rows: all, waiting: 0 };
      const index = all.findLastIndex(({ id }) => id === newestId);
      if (index >= 0) return { rows: firstOf(all, index + 1), waiting: all.length - 1 - index };
      // It was removed, or no longer matches the search.
      newestId = all.at(-1)?.id ?? null;
      return { rows: all, waiting: 0 };
    },
    release() {
      newestId = null;
    },
  };
}
