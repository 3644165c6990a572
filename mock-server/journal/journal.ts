import type { CodedError } from '../core/coded-error.ts';
import { blankEntry } from './blank-entry.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { createEntryRing, type EntryRing } from './entry-ring.ts';
import { createFolds, type Fold, type SavedPart } from './fold.ts';
import type { JournalEvent, PackedEntry, Stamp } from './journal-entry.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalFilter } from './matches-filter.ts';
import { matchesFilter } from './matches-filter.ts';
import { recordEvent, requestEntry } from './redact.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { openEntry } from './unpack-entry.ts';

/** The append-only stream of events. All views are derived from it. */
export interface Journal {
  /** The known secrets, which are masked in entries and in plans that are shown. */
  readonly secrets: Secrets;
  append(event: JournalEvent): PackedEntry;
  /** Returns the entries in memory, oldest first. */
  entries(filter?: JournalFilter): PackedEntry[];
  /**
   * Yields the same entries one by one, up to the newest at the time of the call. Entries evicted in the meantime are
   * left out. Null stands for an entry that was skipped, so that a caller can pause in between.
   */
  read(filter?: JournalFilter): Iterable<PackedEntry | null>;
  /** The number of the newest entry, even if it was evicted; 0 before the first. */
  readonly last: number;
  /** Adds state that is built from the entries. Must be called before the first entry. */
  addFold(fold: Fold): void;
  /** Calls a listener with each new entry, after it was applied to the folds. @returns a function that ends the subscription */
  subscribe(listener: (entry: PackedEntry) => void): () => void;
  /** Whether entries are also written to disk. */
  readonly isKept: boolean;
  /** Adds an entry of a previous run: it is stored and passed to subscribers, and its number is not reused. */
  replay(entry: PackedEntry): void;
  /** Adds a part of a snapshot to the folds. */
  load(part: SavedPart): void;
  /** Continues after the entry that a snapshot follows. */
  continueAfter(stamp: Stamp): void;
  /**
   * Resolves when everything appended so far is on disk; null when nothing is pending. Rejects with DATA_UNWRITABLE
   * when the disk fails and durability is strict.
   */
  durable(): Promise<void> | null;
  /** Like durable(), but waits until a failing disk works again. Resolves to false when the mock closes first. */
  written(): Promise<boolean> | null;
  /** Why state-changing requests cannot be accepted now; null when they can. */
  refusal(): CodedError | null;
  /** Empties the listing in memory and on disk. Tasks and counters stay. */
  clear(isKept: (taskId: string) => boolean): void;
}

export interface JournalOptions {
  readonly now: () => number;
  readonly wallNow: () => number;
  /** The maximum number of entries in memory. The oldest are evicted first. */
  readonly keep: number;
  /** The file that entries are also written to. */
  readonly file: JournalFile | null;
  readonly secrets?: Secrets;
  /** Limits the memory of entries; unlimited by default. */
  readonly budget?: ByteBudget;
}

export function createJournal(options: JournalOptions): Journal {
  const { now, wallNow, keep, file, secrets = createSecrets() } = options;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY) } = options;
  const ring = createEntryRing(keep, budget);
  const folds = createFolds();
  const listeners = new Set<(entry: PackedEntry) => void>();

  /** The folds come first, because listeners may append further entries. */
  function store(given: PackedEntry): PackedEntry {
    if (given.type === 'server.reset') ring.skipTo(given.seq - 1);
    const entry = ring.add(given);
    if (entry.type === 'journal.cleared') ring.clear();
    folds.apply(entry);
    for (const listener of listeners) listener(entry);
    ring.trim();
    return entry;
  }

  function stamped(event: JournalEvent): PackedEntry {
    const stamp = { seq: ring.last + 1, at: now(), wallAt: wallNow() };
    if (event.type === 'request.answered') return requestEntry(stamp, event, secrets);
    return recordEvent(stamp, event, secrets);
  }

  return {
    secrets,
    append(event) {
      const entry = stamped(event);
      if (event.type === 'server.reset') file?.startOver(openEntry(entry, secrets));
      else file?.append(openEntry(entry, secrets));
      const stored = store(entry);
      // A listener may have appended further entries, which were then checked.
      if (ring.last === stored.seq) file?.snapshotIfDue(stored, folds.save);
      return stored;
    },
    isKept: file !== null,
    addFold: folds.add,
    replay: store,
    load: folds.load,
    continueAfter: ({ seq }) => ring.skipTo(seq),
    read: (filter = {}) => read(ring, filter),
    get last() {
      return ring.last;
    },
    durable: () => file?.durable() ?? null,
    written: () => file?.written() ?? null,
    refusal: () => file?.refusal() ?? null,
    entries: (filter = {}) => found(ring, filter),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear(isKept) {
      const entry = stamped({ type: 'journal.cleared' });
      file?.rewrite(openEntry(entry, secrets), (earlier) => blankEntry(earlier, isKept));
      store(entry);
    },
  };
}

function* read(ring: EntryRing, filter: JournalFilter): Iterable<PackedEntry | null> {
  const { since = 0, upTo = ring.last } = filter;
  const end = Math.min(upTo, ring.last);
  for (
    let entry = ring.after(since);
    entry !== undefined && entry.seq <= end;
    entry = ring.after(entry.seq)
  ) {
    yield matchesFilter(entry, filter) ? entry : null;
  }
}

function found(ring: EntryRing, filter: JournalFilter): PackedEntry[] {
  const { since = 0, upTo = ring.last } = filter;
  const entries: PackedEntry[] = [];
  for (
    let entry = ring.after(since);
    entry !== undefined && entry.seq <= upTo;
    entry = ring.after(entry.seq)
  ) {
    if (matchesFilter(entry, filter)) entries.push(entry);
  }
  return entries;
}
