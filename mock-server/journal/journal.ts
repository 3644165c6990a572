import { randomUUID } from 'node:crypto';
import type { CodedError } from '../core/coded-error.ts';
import { blankEntry } from './blank-entry.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import { createEntryRing, type EntryRing } from './entry-ring.ts';
import { createFolds, type Fold, type SavedPart } from './fold.ts';
import { type JournalEvent, OBSERVATIONS, type PackedEntry, type Stamp } from './journal-entry.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalFilter } from './matches-filter.ts';
import { matchesFilter } from './matches-filter.ts';
import { recordEvent, requestEntry } from './redact.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { createSparseRing } from './sparse-ring.ts';
import { openEntry } from './unpack-entry.ts';

/** The append-only stream of events. All views are derived from it. */
export interface Journal {
  /** A random id of this journal: its numbers mean nothing in another one. */
  readonly instance: string;
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
  /** Entries up to this number are no longer in memory; 0 while all are. */
  readonly dropped: number;
  /** The number of the newest entry, even if it was evicted; 0 before the first. */
  readonly last: number;
  /** Adds state that is built from the entries. Must be called before the first entry. */
  addFold(fold: Fold): void;
  /** Calls a listener with each new entry, after it was applied to the folds. @returns a function that ends the subscription */
  subscribe(listener: (entry: PackedEntry) => void): () => void;
  /** The same in the order of their numbers, in which other replicas' observations arrive later than state changes. */
  follow(listener: (entry: PackedEntry) => void): () => void;
  /** Whether entries are also written to disk. */
  readonly isKept: boolean;
  /** Adds an entry of a previous run: it is stored and passed to subscribers, and its number is not reused. */
  replay(entry: PackedEntry): void;
  /** Adds a part of a snapshot to the folds. */
  load(part: SavedPart): void;
  /** Captures the folds. */
  save(): Generator<SavedPart>;
  /** Returns all entries in memory, including those before which others may still appear. */
  kept(): PackedEntry[];
  /** Adds an earlier entry to the listing only, because the state already includes it. */
  list(entry: PackedEntry): void;
  /** The removed entries. Observations with such numbers arrive later, and must not appear. */
  readonly removed: RemovedEntries;
  /** Takes over the removed entries of a snapshot's journal. Must be called before its entries are listed. */
  continueWithout(removed: RemovedEntries): void;
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

/** The entries that a reset or a user has removed, by number. */
export interface RemovedEntries {
  /** Entries up to this one are not listed. */
  readonly listedAfter: number;
  /** Entries up to this one do not count either. */
  readonly countedAfter: number;
}

/** The numbers of a journal whose entries several replicas write. */
export interface SharedJournal {
  /** Returns the number of the next state change. */
  next(): number;
  /** Takes an observation, which gets its number later and is then added with `replay`. */
  observe(observation: PackedEntry): void;
  /** Masks the secrets of observations, which only this replica may know. State changes are masked equally by all. */
  readonly secrets: Secrets;
  /** The number up to which no further entry can appear. */
  readonly complete: number;
  follow(listener: (entry: PackedEntry) => void): () => void;
  /** Identifies the journal of all replicas; null before this one has joined. */
  readonly instance: string | null;
}

export interface JournalOptions {
  readonly now: () => number;
  readonly wallNow: () => number;
  /** The maximum number of entries in memory. The oldest are evicted first. */
  readonly keep: number;
  /** The file that entries are also written to. */
  readonly file: JournalFile | null;
  readonly secrets?: Secrets;
  /** Null, the default, in a single process. */
  readonly shared?: SharedJournal | null;
  /** Limits the memory of entries; unlimited by default. */
  readonly budget?: ByteBudget;
}

export function createJournal(options: JournalOptions): Journal {
  const { now, wallNow, keep, file, secrets = createSecrets() } = options;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY), shared = null } = options;
  const ring = shared === null ? createEntryRing(keep, budget) : createSparseRing(keep, budget);
  const folds = createFolds();
  let removed: RemovedEntries = { listedAfter: 0, countedAfter: 0 };
  const listeners = new Set<(entry: PackedEntry) => void>();
  const instance = createInstance(shared);

  const last = (): number => Math.min(shared?.complete ?? ring.last, ring.last);
  /** The folds come first, because listeners may append further entries. */
  function store(given: PackedEntry): PackedEntry {
    // An observation from before a reset that arrives after it.
    if (given.seq <= removed.countedAfter) return given;
    removed = removedAfter(given, removed);
    if (given.type === 'server.reset') ring.skipTo(given.seq - 1);
    const entry = ring.add(given);
    if (entry.type === 'journal.cleared') ring.clear();
    folds.apply(entry);
    for (const listener of listeners) listener(entry);
    ring.trim();
    return entry;
  }

  function stamped(event: JournalEvent): PackedEntry {
    const seq = shared === null ? ring.last + 1 : shared.next();
    return entryOf({ seq, at: now(), wallAt: wallNow() }, event, secrets);
  }

  const subscribe = subscriptionTo(listeners);
  return {
    get instance() {
      return instance();
    },
    secrets,
    append(event) {
      if (shared !== null && OBSERVATIONS.has(event.type)) {
        return observe(entryOf({ seq: 0, at: now(), wallAt: wallNow() }, event, shared.secrets), shared);
      }
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
    ...{ replay: store, load: folds.load, save: folds.save },
    kept: () => found(ring, {}, Number.POSITIVE_INFINITY),
    list: (entry) => void ring.add(entry),
    get removed() {
      return removed;
    },
    continueWithout(saved) {
      removed = saved;
      ring.skipTo(saved.listedAfter);
    },
    continueAfter: ({ seq }) => ring.skipTo(seq),
    read: (filter = {}) => read(ring, filter, last()),
    get last() {
      return last();
    },
    get dropped() {
      return ring.dropped;
    },
    ...diskOf(file),
    entries: (filter = {}) => found(ring, filter, last()),
    subscribe,
    follow: shared?.follow ?? subscribe,
    clear(isKept) {
      const entry = stamped({ type: 'journal.cleared' });
      file?.rewrite(openEntry(entry, secrets), (earlier) => blankEntry(earlier, isKept));
      store(entry);
    },
  };
}

function removedAfter({ type, seq }: PackedEntry, removed: RemovedEntries): RemovedEntries {
  if (type === 'server.reset') return { listedAfter: seq - 1, countedAfter: seq };
  return type === 'journal.cleared' ? { ...removed, listedAfter: seq } : removed;
}

function diskOf(file: JournalFile | null): Pick<Journal, 'durable' | 'written' | 'refusal'> {
  return {
    durable: () => file?.durable() ?? null,
    written: () => file?.written() ?? null,
    refusal: () => file?.refusal() ?? null,
  };
}

/** The journal that replicas share has one id; until this one has joined them, it has its own. */
function createInstance(shared: SharedJournal | null): () => string {
  let own: string | null = null;
  return () => {
    own ??= randomUUID();
    return shared?.instance ?? own;
  };
}

function subscriptionTo(listeners: Set<(entry: PackedEntry) => void>): Journal['subscribe'] {
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

function observe(entry: PackedEntry, shared: SharedJournal): PackedEntry {
  shared.observe(entry);
  return entry;
}

function entryOf(stamp: Stamp, event: JournalEvent, secrets: Secrets): PackedEntry {
  if (event.type === 'request.answered') return requestEntry(stamp, event, secrets);
  return recordEvent(stamp, event, secrets);
}

function* read(ring: EntryRing, filter: JournalFilter, last: number): Iterable<PackedEntry | null> {
  const { since = 0, upTo = last } = filter;
  const end = Math.min(upTo, last);
  for (
    let entry = ring.after(since);
    entry !== undefined && entry.seq <= end;
    entry = ring.after(entry.seq)
  ) {
    yield matchesFilter(entry, filter) ? entry : null;
  }
}

function found(ring: EntryRing, filter: JournalFilter, last: number): PackedEntry[] {
  const { since = 0, upTo = last } = filter;
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
