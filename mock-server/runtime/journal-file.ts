import { CodedError } from '../core/coded-error.ts';
import { type Before, createDisk } from './journal-disk.ts';
import { openFolder } from './journal-folder.ts';
import { removedLine } from './journal-lines.ts';
import { OBSERVATIONS } from './journal-record.ts';
import type { OpenRecord } from './open-record.ts';
import { readEntries, type UseRecord } from './read-entries.ts';

/**
 * `strict`: on the disk itself before it counts, so that it outlives a power cut.
 * `relaxed`: with the operating system before it counts, so that it outlives the process.
 */
export type Durability = 'strict' | 'relaxed';

/** The journal on disk: a header and then one JSON object a line, in `journal.jsonl`. */
export interface JournalFile {
  /**
   * Reads what earlier runs wrote, oldest first. A last line that was cut off is removed.
   * @throws {CodedError} DATA_DAMAGED with the file and the line
   */
  readPast(use: UseRecord): void;
  append(record: OpenRecord): void;
  /** Replaces all entries with this one: nothing of the others stays in the file. */
  startOver(record: OpenRecord): void;
  /** Appends an entry, and changes those before it; it may be called for each of them some time later. */
  rewrite(record: OpenRecord, change: (record: OpenRecord) => OpenRecord): void;
  /**
   * Resolves when all that was appended so far counts; null when that is so already.
   * Rejects with DATA_UNWRITABLE when the disk fails and durability is strict.
   */
  durable(): Promise<void> | null;
  /** Resolves to true when all that was appended so far counts, however long the disk fails; to false at the end. */
  written(): Promise<boolean> | null;
  /** Why nothing can be promised now; null while all is well, and whenever durability is relaxed. */
  refusal(): CodedError | null;
  /** Why nothing is written at present; null while all is well. */
  readonly trouble: string | null;
  /** Bytes of a cut-off last line that were removed. */
  readonly repairedBytes: number;
  /** Ends the wait of those who wait for a failing disk. */
  release(): void;
  close(): Promise<void>;
}

export interface JournalFileOptions {
  readonly dir: string;
  readonly durability: Durability;
  /** Called with each trouble once, and with its end. */
  readonly onTrouble: (message: string) => void;
}

/** How long after a failure the disk is tried again: twice as long each time, up to the most. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
/** While the disk fails, this much waits for it; beyond, what was only seen is dropped. */
const MOST_WAITING = 64 * 1024 * 1024;

interface Waiter {
  readonly resolve: (written: boolean) => void;
  /** Null for one who waits until the disk works again. */
  readonly reject: ((error: Error) => void) | null;
}

/** What is written, and synced, together. */
interface Batch {
  /** What happens to the entries in the file before. */
  readonly before: Before;
  readonly lines: string[];
  /** Of all its lines, in characters. */
  length: number;
  waiters: Waiter[];
}

/** @throws {CodedError} DATA_LOCKED when another mock uses the folder, DATA_UNUSABLE when none can */
export function openJournalFile({ dir, durability, onTrouble }: JournalFileOptions): JournalFile {
  const { lock, isRegular, ...opened } = openFolder(dir);
  const disk = createDisk({ dir, durability, isRegular, ...opened });
  let trouble: string | null = null;
  let repairedBytes = 0;
  let queue: Batch[] = [];
  let current: Batch | null = null;
  let isGivenUp = false;
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
    // What the same moment brings is written together.
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
    onTrouble(`${dir} can be written again`);
  }

  function fail(batch: Batch, error: Error): void {
    current = null;
    // Unless it was wiped in the meantime.
    if (queue[0]?.before !== 'wiped') queue.unshift(batch);
    else queue[0].waiters.push(...batch.waiters);
    const isNew = trouble === null;
    trouble = `${dir} cannot be written: ${error.message}`;
    for (const waiting of queue) waiting.waiters = waiting.waiters.filter((one) => !disappoint(one));
    if (isNew) onTrouble(durability === 'strict' ? trouble : `${trouble}; going on from memory`);
    timer = setTimeout(startSoon, retryMs);
    timer.unref();
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }

  /** @returns whether its wait is over */
  function disappoint({ resolve, reject }: Waiter): boolean {
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

  /** Whether an entry is left out: while the disk fails, what waits for it must not fill the memory. */
  function leavesOut({ type }: OpenRecord): boolean {
    if (trouble === null) return false;
    const length = queue.reduce((sum, batch) => sum + batch.length, 0);
    if (length > 4 * MOST_WAITING && durability === 'relaxed') giveUp();
    return isGivenUp || (length > MOST_WAITING && OBSERVATIONS.has(type));
  }

  function giveUp(): void {
    isGivenUp = true;
    trouble = `${trouble}; too much waits for it, so nothing is written before the next start`;
    onTrouble(trouble);
    clearTimeout(timer);
    queue = [];
  }

  function append(record: OpenRecord): void {
    if (leavesOut(record)) {
      dropped = { from: dropped?.from ?? record.seq, to: record.seq };
      return;
    }
    const batch = last();
    if (dropped !== null) push(batch, removedLine(dropped.from, dropped.to));
    dropped = null;
    push(batch, `${JSON.stringify(record)}\n`);
    // A failing disk has a timer of its own.
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
      // Also while the disk fails: it may have been full of this.
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
    'Free some space or make the folder writable; the mock tries again by itself. Or start it with --durability relaxed.',
  );
}
