import type { CodedError } from '../core/coded-error.ts';
import { blankRecord } from './blank-record.ts';
import { type ByteBudget, createByteBudget } from './byte-budget.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalEvent, JournalRecord } from './journal-record.ts';
import { openRecord } from './open-record.ts';
import { recordRequest, withoutSecrets } from './redact.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import { dropTexts, shareTexts, weighRecord } from './weigh-record.ts';

/** Selects entries of the journal; all conditions must match. */
export interface JournalFilter {
  /** Only entries of this type, such as `attempt.ended`. */
  readonly type?: string;
  /** Only entries about this task. */
  readonly taskId?: string;
  /** Only entries after the one with this `seq`. */
  readonly since?: number;
  /** Only what came up to this `seq`. */
  readonly upTo?: number;
}

/** The one append-only stream of what happened. Everything people see is read from it. */
export interface Journal {
  /** What it keeps out of its entries, and whoever shows plans keeps out of them. */
  readonly secrets: Secrets;
  append(event: JournalEvent): JournalRecord;
  /** What is still kept, oldest first. */
  records(filter?: JournalFilter): JournalRecord[];
  /**
   * The same one by one, up to the entry that is the newest now, for those who take their time: what the journal
   * lets go meanwhile is left out. Null stands for an entry that was passed over.
   */
  read(filter?: JournalFilter): Iterable<JournalRecord | null>;
  /** The number of the newest entry, kept or not; 0 before the first. */
  readonly last: number;
  /** @returns a function that ends the subscription */
  subscribe(listener: (record: JournalRecord) => void): () => void;
  /** Whether it goes to disk. */
  readonly isKept: boolean;
  /** Takes over a record of an earlier run: it is kept and told, and its number is not used again. */
  replay(record: JournalRecord): void;
  /**
   * Resolves when all that was appended so far is on disk; null when there is nothing to wait for.
   * Rejects with DATA_UNWRITABLE when the disk fails and durability is strict.
   */
  durable(): Promise<void> | null;
  /** The same, but waits until a failing disk works again; false when the mock closes before. */
  written(): Promise<boolean> | null;
  /** Why nothing that changes the mock's state may be accepted now; null while all is well. */
  refusal(): CodedError | null;
  /** Empties the listing, here and on disk. Tasks and counters stay. */
  clear(isKept: (taskId: string) => boolean): void;
}

export interface JournalOptions {
  readonly now: () => number;
  readonly wallNow: () => number;
  /** How many records are kept in memory; the oldest go first. */
  readonly keep: number;
  /** Where records go besides memory. */
  readonly file: JournalFile | null;
  readonly secrets?: Secrets;
  /** Bounds the entries in memory in bytes; unbounded when left out. */
  readonly budget?: ByteBudget;
}

export function createJournal(options: JournalOptions): Journal {
  const { now, wallNow, keep, file, secrets = createSecrets() } = options;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY) } = options;
  // A ring: entry number seq is at seq % keep, and what it weighs beside it.
  let ring: (JournalRecord | undefined)[] = [];
  let weights: number[] = [];
  let seq = 0;
  /** The number of the oldest entry that is kept. */
  let first = 1;
  const listeners = new Set<(record: JournalRecord) => void>();

  function take(given: JournalRecord): JournalRecord {
    // A journal on disk may have gaps.
    while (first <= given.seq - keep) {
      if (first > seq) first = given.seq;
      else letGo();
    }
    if (given.type === 'server.reset') {
      letAllGo();
      first = given.seq;
    }
    const record = shareTexts(given, budget);
    const weight = weighRecord(record);
    budget.charge('journal', weight);
    seq = record.seq;
    ring[seq % keep] = record;
    weights[seq % keep] = weight;
    if (record.type === 'journal.cleared') letAllGo();
    for (const listener of listeners) listener(record);
    while (first < seq && budget.used('journal') > budget.journalLimit) letGo();
    return record;
  }

  /** Of the oldest entry. */
  function letGo(): void {
    const place = first % keep;
    const record = ring[place];
    first += 1;
    if (record === undefined) return;
    budget.charge('journal', -(weights[place] ?? 0));
    dropTexts(record, budget);
    ring[place] = undefined;
  }

  function* read({ type, taskId, since = 0, upTo = seq }: JournalFilter): Iterable<JournalRecord | null> {
    const end = Math.min(upTo, seq);
    for (let n = since + 1; n <= end; n++) {
      n = Math.max(n, first);
      const record = n > end ? undefined : ring[n % keep];
      yield record !== undefined && matches(record, type, taskId) ? record : null;
    }
  }

  function letAllGo(): void {
    while (first <= seq) letGo();
    ring = [];
    weights = [];
  }

  function stamped(event: JournalEvent): JournalRecord {
    const stamp = { seq: seq + 1, at: now(), wallAt: wallNow() };
    if (event.type === 'request.answered') return recordRequest(stamp, event, secrets);
    return { ...stamp, ...withoutSecrets(event, secrets) };
  }

  return {
    secrets,
    append(event) {
      const record = stamped(event);
      if (event.type === 'server.reset') file?.startOver(openRecord(record, secrets));
      else file?.append(openRecord(record, secrets));
      return take(record);
    },
    isKept: file !== null,
    replay: take,
    read: (filter = {}) => read(filter),
    get last() {
      return seq;
    },
    durable: () => file?.durable() ?? null,
    written: () => file?.written() ?? null,
    refusal: () => file?.refusal() ?? null,
    records({ type, taskId, since = 0, upTo = seq } = {}) {
      const found: JournalRecord[] = [];
      for (let n = Math.max(first, since + 1); n <= Math.min(upTo, seq); n++) {
        const record = ring[n % keep];
        if (record !== undefined && matches(record, type, taskId)) found.push(record);
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
      take(record);
    },
  };
}

function matches(record: JournalRecord, type: string | undefined, taskId: string | undefined): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}
