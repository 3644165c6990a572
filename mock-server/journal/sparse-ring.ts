import type { ByteBudget } from './byte-budget.ts';
import type { EntryRing } from './entry-ring.ts';
import { OBSERVATIONS, type PackedEntry } from './journal-entry.ts';
import { dropTexts, shareTexts, weighEntry } from './weigh-entry.ts';

interface WeighedEntry {
  readonly entry: PackedEntry;
  readonly weight: number;
}

/**
 * Creates a ring for entries whose numbers have gaps, and whose observations arrive after state changes with higher
 * numbers. Each kind arrives in the order of its numbers.
 * @param keep the maximum number of entries
 */
export function createSparseRing(keep: number, budget: ByteBudget): EntryRing {
  const states = createColumn();
  const observed = createColumn();
  let last = 0;
  /** Entries up to this number are not wanted, even if they arrive later. */
  let floor = 0;
  let dropped = 0;

  function oldest(): Column {
    return (states.first()?.entry.seq ?? Infinity) <= (observed.first()?.entry.seq ?? Infinity)
      ? states
      : observed;
  }

  function evictOldest(): void {
    const kept = oldest().shift();
    if (kept === undefined) return;
    dropped = Math.max(dropped, kept.entry.seq);
    budget.charge('journal', -kept.weight);
    dropTexts(kept.entry, budget);
  }

  function size(): number {
    return states.size + observed.size;
  }

  function clear(): void {
    while (size() > 0) evictOldest();
    floor = last;
  }

  return {
    get last() {
      return last;
    },
    get first() {
      return oldest().first()?.entry.seq ?? last + 1;
    },
    get dropped() {
      return Math.max(dropped, floor);
    },
    add(given) {
      last = Math.max(last, given.seq);
      if (given.seq <= floor) return given;
      const entry = shareTexts(given, budget);
      const weight = weighEntry(entry);
      budget.charge('journal', weight);
      (OBSERVATIONS.has(entry.type) ? observed : states).push({ entry, weight });
      while (size() > keep) evictOldest();
      return entry;
    },
    after(seq) {
      const state = states.after(seq);
      const observation = observed.after(seq);
      if (state === undefined || observation === undefined) return state ?? observation;
      return state.seq < observation.seq ? state : observation;
    },
    trim() {
      while (size() > 1 && budget.used('journal') > budget.journalLimit) evictOldest();
    },
    clear,
    skipTo(seq) {
      clear();
      last = seq;
      floor = seq;
    },
  };
}

interface Column {
  readonly size: number;
  first(): WeighedEntry | undefined;
  push(kept: WeighedEntry): void;
  shift(): WeighedEntry | undefined;
  /** Returns the first entry with a higher number. */
  after(seq: number): PackedEntry | undefined;
}

/** Entries in the order of their numbers. The evicted ones are removed from the array in batches. */
function createColumn(): Column {
  let items: (WeighedEntry | undefined)[] = [];
  let start = 0;

  return {
    get size() {
      return items.length - start;
    },
    first: () => items[start],
    push(kept) {
      items.push(kept);
    },
    shift() {
      const kept = items[start];
      if (kept === undefined) return undefined;
      items[start] = undefined;
      start += 1;
      if (start > 1024 && start * 2 > items.length) {
        items = items.slice(start);
        start = 0;
      }
      return kept;
    },
    after(seq) {
      let low = start;
      let high = items.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((items[middle]?.entry.seq ?? 0) > seq) high = middle;
        else low = middle + 1;
      }
      return items[low]?.entry;
    },
  };
}
