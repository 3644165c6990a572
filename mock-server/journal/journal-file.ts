import { CodedError } from '../core/coded-error.ts';
import { createDisk, type ExistingEntries } from './journal-disk.ts';
import { openFolder } from './journal-folder.ts';
import { removedLine } from './journal-lines.ts';
import { OBSERVATIONS } from './journal-record.ts';
import { readEntries, type UseRecord } from './read-entries.ts';
import type { OpenRecord } from './unpack-record.ts';

/**
 * When an entry counts as written. `strict`: after it is synced to disk, so that it survives a power failure.
 * `relaxed`: after it is passed to the operating system, so that it survives a crash of the process.
 */
export type Durability = 'strict' | 'relaxed';

/** The journal on disk: `journal.jsonl`, a header followed by one JSON object per line. */
export interface JournalFile {
  /**
   * Reads the entries of previous runs, oldest first, and removes a truncated last line.
   * @throws {CodedError} DATA_DAMAGED with the file and the line
   */
  readPast(use: UseRecord): void;
  append(record: OpenRecord): void;
  /** Replaces all entries with this one. */
  startOver(record: OpenRecord): void;
  /** Appends an entry, and rewrites all earlier ones. `change` may be called some time later. */
  rewrite(record: OpenRecord, change: (record: OpenRecord) => OpenRecord): void;
  /**
   * Resolves when everything appended so far is written; null when it already is. Rejects with DATA_UNWRITABLE when
   * the disk fails and durability is strict.
   */
  durable(): Promise<void> | null;
  /**
   * Resolves to true when everything appended so far is written, even if the disk fails for a while; to false on
   * close.
   */
  written(): Promise<boolean> | null;
  /** Why writes cannot be guaranteed now; null when they can, and when durability is relaxed. */
  refusal(): CodedError | null;
  /** Why writing fails at present; null when it works. */
  readonly trouble: string | null;
  /** The size of a truncated last line that was removed. */
  readonly repairedBytes: number;
  /** Ends the waits for a failing disk. */
  release(): void;
  close(): Promise<void>;
}

export interface JournalFileOptions {
  readonly dir: string;
  readonly durability: Durability;
  /** Called once for each failure, and once when it ends. */
  readonly onTrouble: (message: string) => void;
}

/** The delay before a failing disk is retried. It doubles up to the maximum. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
/** While the disk fails, this many characters are queued; beyond that, observations are dropped. */
const MAX_QUEUED = 64 * 1024 * 1024;

interface Waiter {
  readonly resolve: (written: boolean) => void;
  /** Null for a waiter that waits until the disk works again. */
  readonly reject: ((error: Error) => void) | null;
}

/** Lines that are written and synced together. */
interface Batch {
  /** What happens to the existing entries of the file. */
  readonly before: ExistingEntries;
  readonly lines: string[];
  /** The total number of characters. */
  length: number;
  waiters: Waiter[];
}

/**
 * Opens the journal of a data folder.
 * @throws {CodedError} DATA_LOCKED when another mock uses the folder, DATA_UNUSABLE when it cannot be used
 */
export function openJournalFile({ dir, durability, onTrouble }: JournalFileOptions): JournalFile {
  const { lock, isRegular, ...opened } = openFolder(dir);
  const disk = createDisk({ dir, durability, isRegular, ...opened });
  let trouble: string | null = null;
  let repairedBytes = 0;
  let queue: Batch[] = [];
  let current: Batch | null = null;
  let isAbandoned = false;
  let isClosed = false;
  let dropped: { from: number; to: number } | null = null;
  let scheduled = false;
  let retryMs = FIRST_RETRY_MS;
  let timer: NodeJS.Timeout | undefined;

  if (lock.weakness !== null) onTrouble(lock.weakness);

  function startSoon(): void {
    if (scheduled || current !== null) return;
    clearTimeout(timer);
    scheduled = true;
    // Entries of the same tick are written together.
    setImmediate(() => {
      scheduled = false;
      void work();
    });
  }

  async function work(): Promise<void> {
    while (current === null) {
      current = queue.shift() ?? null;
      if (current === null) return;
      const batch = current;
      try {
        await disk.put(batch.before, batch.lines.join(''));
      } catch (error) {
        return fail(batch, error as Error);
      }
      succeed(batch);
    }
  }

  function succeed(batch: Batch): void {
    current = null;
    retryMs = FIRST_RETRY_MS;
    for (const { resolve } of batch.waiters) resolve(true);
    if (trouble === null) return;
    trouble = null;
    onTrouble(`${dir} is writable again`);
  }

  function fail(batch: Batch, error: Error): void {
    current = null;
    // A wipe in the meantime makes the failed batch obsolete.
    if (queue[0]?.before !== 'wiped') queue.unshift(batch);
    else queue[0].waiters.push(...batch.waiters);
    const isNew = trouble === null;
    trouble = `cannot write to ${dir}: ${error.message}`;
    for (const waiting of queue) waiting.waiters = waiting.waiters.filter((one) => !endWait(one));
    if (isNew) onTrouble(durability === 'strict' ? trouble : `${trouble}; continuing in memory`);
    timer = setTimeout(startSoon, retryMs);
    timer.unref();
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }

  /** Ends the wait of a waiter if it does not wait for the disk to recover. @returns whether the wait is over */
  function endWait({ resolve, reject }: Waiter): boolean {
    if (durability === 'relaxed') resolve(true);
    else if (reject === null) return false;
    else reject(unwritable(trouble ?? ''));
    return true;
  }

  function last(): Batch {
    let batch = queue.at(-1);
    if (batch === undefined) {
      batch = { before: 'kept', lines: [], length: 0, waiters: [] };
      queue.push(batch);
    }
    return batch;
  }

  function push(batch: Batch, line: string): void {
    batch.lines.push(line);
    batch.length += line.length;
  }

  /** Returns whether an entry is dropped: while the disk fails, the queue must not exhaust memory. */
  function mustDrop({ type }: OpenRecord): boolean {
    if (trouble === null) return false;
    const length = queue.reduce((sum, batch) => sum + batch.length, 0);
    if (length > 4 * MAX_QUEUED && durability === 'relaxed') abandonWrites();
    return isAbandoned || (length > MAX_QUEUED && OBSERVATIONS.has(type));
  }

  function abandonWrites(): void {
    isAbandoned = true;
    trouble = `${trouble}; the write queue is full, so nothing is written until the next start`;
    onTrouble(trouble);
    clearTimeout(timer);
    queue = [];
  }

  function append(record: OpenRecord): void {
    if (mustDrop(record)) {
      dropped = { from: dropped?.from ?? record.seq, to: record.seq };
      return;
    }
    const batch = last();
    if (dropped !== null) push(batch, removedLine(dropped.from, dropped.to));
    dropped = null;
    push(batch, `${JSON.stringify(record)}\n`);
    // While the disk fails, the retry timer starts the next write.
    if (trouble === null) startSoon();
  }

  function wait(reject: Waiter['reject'], resolve: Waiter['resolve']): void {
    const batch = queue.at(-1) ?? current;
    if (batch === null) resolve(true);
    else batch.waiters.push({ resolve, reject });
  }

  return {
    readPast(use) {
      if (!isRegular) return;
      const read = readEntries(opened.fd, dir, use);
      repairedBytes = read.repairedBytes;
      if (repairedBytes > 0) disk.cut(read.size);
      if (read.size === 0) queue.push({ before: 'wiped', lines: [], length: 0, waiters: [] });
      else if (!read.hasHeader) queue.push({ before: (record) => record, lines: [], length: 0, waiters: [] });
      if (queue.length > 0) startSoon();
    },
    append,
    startOver(record) {
      const waiters = queue.flatMap((batch) => batch.waiters);
      queue = [{ before: 'wiped', lines: [], length: 0, waiters }];
      dropped = null;
      push(last(), `${JSON.stringify(record)}\n`);
      // Written immediately even while the disk fails, because the old entries may have filled it.
      startSoon();
    },
    rewrite(record, change) {
      queue.push({ before: change, lines: [], length: 0, waiters: [] });
      append(record);
    },
    durable() {
      if (queue.length === 0 && current === null) return null;
      const isIdle = current === null && !scheduled;
      if (trouble !== null && durability === 'relaxed') return null;
      if (trouble !== null && isIdle) return Promise.reject(unwritable(trouble));
      return new Promise<void>((resolve, reject) => wait(reject, () => resolve()));
    },
    written() {
      if (queue.length === 0 && current === null) return null;
      if (trouble !== null && durability === 'relaxed') return null;
      return new Promise((resolve) => wait(null, resolve));
    },
    refusal: () => (trouble === null || durability === 'relaxed' ? null : unwritable(trouble)),
    get trouble() {
      return trouble;
    },
    get repairedBytes() {
      return repairedBytes;
    },
    release() {
      for (const batch of queue) {
        for (const { resolve, reject } of batch.waiters) if (reject === null) resolve(false);
        batch.waiters = batch.waiters.filter(({ reject }) => reject !== null);
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      if (trouble !== null) startSoon();
      await this.durable()?.catch(() => undefined);
      clearTimeout(timer);
      this.release();
      disk.close();
      lock.release();
    },
  };
}

function unwritable(trouble: string): CodedError {
  return new CodedError(
    'DATA_UNWRITABLE',
    trouble,
    'Free space on the disk or make the folder writable; the mock retries automatically. Or start it with --durability relaxed.',
  );
}
