import type { ByteBudget } from './byte-budget.ts';
import type { PackedEntry } from './journal-entry.ts';
import { dropTexts, shareTexts, weighEntry } from './weigh-entry.ts';

/** The latest entries of the journal, limited by number and by bytes. */
export interface EntryRing {
  /** The number of the newest entry, even if it was evicted; 0 before the first. */
  readonly last: number;
  /** The number of the oldest entry that is kept. */
  readonly first: number;
  /** Entries up to this number are no longer kept; 0 while all are. */
  readonly dropped: number;
  /** Adds the newest entry. @returns the entry as kept: equal, with texts that it shares with other entries */
  add(entry: PackedEntry): PackedEntry;
  /** Returns the oldest kept entry with a higher number; undefined at the end. */
  after(seq: number): PackedEntry | undefined;
  /** Evicts the oldest entries while they exceed the budget. */
  trim(): void;
  clear(): void;
  /** Continues after this number, without its entry. */
  skipTo(seq: number): void;
}

/** @param keep the maximum number of entries */
export function createEntryRing(keep: number, budget: ByteBudget): EntryRing {
  // Entry number seq is at index seq % keep, with its weight at the same index.
  let ring: (PackedEntry | undefined)[] = [];
  let weights: number[] = [];
  let last = 0;
  let first = 1;

  function evictOldest(): void {
    const place = first % keep;
    const entry = ring[place];
    first += 1;
    if (entry === undefined) return;
    budget.charge('journal', -(weights[place] ?? 0));
    dropTexts(entry, budget);
    ring[place] = undefined;
  }

  function clear(): void {
    while (first <= last) evictOldest();
    ring = [];
    weights = [];
  }

  return {
    get last() {
      return last;
    },
    get first() {
      return first;
    },
    get dropped() {
      return first - 1;
    },
    add(given) {
      // A journal on disk may have gaps.
      while (first <= given.seq - keep) {
        if (first > last) first = given.seq;
        else evictOldest();
      }
      const entry = shareTexts(given, budget);
      const weight = weighEntry(entry);
      budget.charge('journal', weight);
      last = entry.seq;
      ring[last % keep] = entry;
      weights[last % keep] = weight;
      return entry;
    },
    after(seq) {
      for (let n = Math.max(first, seq + 1); n <= last; n++) {
        const entry = ring[n % keep];
        if (entry !== undefined) return entry;
      }
      return undefined;
    },
    trim() {
      while (first < last && budget.used('journal') > budget.journalLimit) evictOldest();
    },
    clear,
    skipTo(seq) {
      clear();
      last = seq;
      first = seq + 1;
    },
  };
}
