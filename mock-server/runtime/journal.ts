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
  /** The number of the last record, whether it is still kept or not; 0 before the first. */
  readonly lastSeq: number;
  append(event: JournalEvent): JournalRecord;
  /** What is still kept, oldest first. */
  records(filter?: JournalFilter): JournalRecord[];
  /** @returns a function that ends the subscription */
  subscribe(listener: (record: JournalRecord) => void): () => void;
  /** Takes over a record of an earlier run: it is kept and told, and its number is not used again. */
  replay(record: JournalRecord): void;
  /** Resolves when all that was appended so far is on disk; null when there is nothing to wait for. */
  durable(): Promise<void> | null;
  clear(): void;
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
    ring[seq % keep] = record;
    for (const listener of listeners) listener(record);
  }

  return {
    secrets,
    get lastSeq() {
      return seq;
    },
    append(event) {
      const stamp = { seq: seq + 1, at: now(), wallAt: wallNow() };
      const record: JournalRecord =
        event.type === 'request.answered'
          ? recordRequest(stamp, event, secrets)
          : { ...stamp, ...withoutSecrets(event, secrets) };
      file?.append(openRecord(record, secrets));
      take(record);
      return record;
    },
    replay: take,
    durable: () => file?.durable() ?? null,
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
    clear() {
      ring = [];
      cleared = seq;
    },
  };
}

function matches(record: JournalRecord, type: string | undefined, taskId: string | undefined): boolean {
  if (type !== undefined && record.type !== type) return false;
  return taskId === undefined || ('taskId' in record && record.taskId === taskId);
}
