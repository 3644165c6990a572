import type { CodedError } from '../core/coded-error.ts';
import { blankRecord } from './blank-record.ts';
import type { JournalFile } from './journal-file.ts';
import type { JournalEvent, JournalRecord } from './journal-record.ts';
import { openRecord } from './open-record.ts';
import { recordRequest, withoutSecrets } from './redact.ts';
import { createSecrets, type Secrets } from './secrets.ts';

export interface JournalFilter {
  readonly type?: string;
  readonly taskId?: string;
  /** Only what came after this `seq`. */
  readonly since?: number;
}

/** The one append-only stream of what happened. Everything people see is read from it. */
export interface Journal {
  /** What it keeps out of its entries, and whoever shows plans keeps out of them. */
  readonly secrets: Secrets;
  append(event: JournalEvent): JournalRecord;
  /** What is still kept, oldest first. */
  records(filter?: JournalFilter): JournalRecord[];
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
}

export function createJournal(options: JournalOptions): Journal {
  const { now, wallNow, keep, file, secrets = createSecrets() } = options;
  // A ring: record number seq lies at seq % keep.
  let ring: JournalRecord[] = [];
  let seq = 0;
  let cleared = 0;
  const listeners = new Set<(record: JournalRecord) => void>();

  function take(record: JournalRecord): void {
    seq = record.seq;
    if (record.type === 'server.reset') startListing(seq - 1);
    ring[seq % keep] = record;
    if (record.type === 'journal.cleared') startListing(seq);
    for (const listener of listeners) listener(record);
  }

  /** Nothing up to this number is listed any more. */
  function startListing(after: number): void {
    ring = [];
    cleared = after;
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
      take(record);
      return record;
    },
    isKept: file !== null,
    replay: take,
    durable: () => file?.durable() ?? null,
    written: () => file?.written() ?? null,
    refusal: () => file?.refusal() ?? null,
    records({ type, taskId, since = 0 } = {}) {
      const found: JournalRecord[] = [];
      for (let n = Math.max(cleared, seq - keep, since) + 1; n <= seq; n++) {
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
