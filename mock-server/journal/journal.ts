import type { CodedError } from '../core/coded-error.ts';
import { blankRecord } from './blank-record.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalEvent, JournalRecord } from './journal-record.ts';
import { matchesFilter } from './matches-filter.ts';
import { recordEvent, recordRequest } from './redact.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { openRecord } from './unpack-record.ts';
import { dropTexts, shareTexts, weighRecord } from './weigh-record.ts';

/** Selects entries of the journal. All conditions must match. */
export interface JournalFilter {
  /** Only entries of this type, such as `attempt.ended`. */
  readonly type?: string;
  /** Only entries about this task. */
  readonly taskId?: string;
  /** Only entries after the one with this `seq`. */
  readonly since?: number;
  /** Only entries up to and including this `seq`. */
  readonly upTo?: number;
}

/** The append-only stream of events. All views are derived from it. */
export interface Journal {
  /** The known secrets, which are masked in entries and in plans that are shown. */
  readonly secrets: Secrets;
  append(event: JournalEvent): JournalRecord;
  /** Returns the entries in memory, oldest first. */
  records(filter?: JournalFilter): JournalRecord[];
  /**
   * Yields the same entries one by one, up to the newest at the time of the call. Entries evicted in the meantime are
   * left out. Null stands for an entry that was skipped, so that a caller can pause in between.
   */
  read(filter?: JournalFilter): Iterable<JournalRecord | null>;
  /** The number of the newest entry, even if it was evicted; 0 before the first. */
  readonly last: number;
  /** Calls a listener with each new entry. @returns a function that ends the subscription */
  subscribe(listener: (record: JournalRecord) => void): () => void;
  /** Whether entries are also written to disk. */
  readonly isKept: boolean;
  /** Adds an entry of a previous run: it is stored and passed to subscribers, and its number is not reused. */
  replay(record: JournalRecord): void;
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
  // A ring buffer: entry number seq is at index seq % keep, with its weight at the same index.
  let ring: (JournalRecord | undefined)[] = [];
  let weights: number[] = [];
  let seq = 0;
  /** The number of the oldest entry in memory. */
  let first = 1;
  const listeners = new Set<(record: JournalRecord) => void>();

  function store(given: JournalRecord): JournalRecord {
    // A journal on disk may have gaps.
    while (first <= given.seq - keep) {
      if (first > seq) first = given.seq;
      else evictOldest();
    }
    if (given.type === 'server.reset') {
      evictAll();
      first = given.seq;
    }
    const record = shareTexts(given, budget);
    const weight = weighRecord(record);
    budget.charge('journal', weight);
    seq = record.seq;
    ring[seq % keep] = record;
    weights[seq % keep] = weight;
    if (record.type === 'journal.cleared') evictAll();
    for (const listener of listeners) listener(record);
    while (first < seq && budget.used('journal') > budget.journalLimit) evictOldest();
    return record;
  }

  /** Evicts the oldest entry. */
  function evictOldest(): void {
    const place = first % keep;
    const record = ring[place];
    first += 1;
    if (record === undefined) return;
    budget.charge('journal', -(weights[place] ?? 0));
    dropTexts(record, budget);
    ring[place] = undefined;
  }

  function* read(filter: JournalFilter): Iterable<JournalRecord | null> {
    const { since = 0, upTo = seq } = filter;
    const end = Math.min(upTo, seq);
    for (let n = since + 1; n <= end; n++) {
      n = Math.max(n, first);
      const record = n > end ? undefined : ring[n % keep];
      yield record !== undefined && matchesFilter(record, filter) ? record : null;
    }
  }

  function evictAll(): void {
    while (first <= seq) evictOldest();
    ring = [];
    weights = [];
  }

  function stamped(event: JournalEvent): JournalRecord {
    const stamp = { seq: seq + 1, at: now(), wallAt: wallNow() };
    if (event.type === 'request.answered') return recordRequest(stamp, event, secrets);
    return recordEvent(stamp, event, secrets);
  }

  return {
    secrets,
    append(event) {
      const record = stamped(event);
      if (event.type === 'server.reset') file?.startOver(openRecord(record, secrets));
      else file?.append(openRecord(record, secrets));
      return store(record);
    },
    isKept: file !== null,
    replay: store,
    read: (filter = {}) => read(filter),
    get last() {
      return seq;
    },
    durable: () => file?.durable() ?? null,
    written: () => file?.written() ?? null,
    refusal: () => file?.refusal() ?? null,
    records(filter = {}) {
      const { since = 0, upTo = seq } = filter;
      const found: JournalRecord[] = [];
      for (let n = Math.max(first, since + 1); n <= Math.min(upTo, seq); n++) {
        const record = ring[n % keep];
        if (record !== undefined && matchesFilter(record, filter)) found.push(record);
      }
      return found;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear(isKept) {
      const record = stamped({ type: 'journal.cleared' });
      file?.rewrite(openRecord(record, secrets), (earlier) => blankRecord(earlier, isKept));
      store(record);
    },
  };
}
