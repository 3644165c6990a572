import { CodedError } from '../core/coded-error.ts';
import type { Durability } from './durability.ts';
import type { Disk, ExistingEntries } from './journal-disk.ts';
import { OBSERVATIONS } from './journal-entry.ts';
import { removedLine } from './journal-lines.ts';
import type { OpenEntry } from './unpack-entry.ts';

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
  /** The new file to begin with these lines; null to continue the present one. */
  newFile: NewFile | null;
  readonly lines: string[];
  /** The total number of characters. */
  length: number;
  waiters: Waiter[];
}

interface NewFile {
  /** The number of the last entry of the present file. */
  readonly seq: number;
  readonly onEnd: (begun: boolean) => void;
}

export interface WriteQueueOptions {
  readonly dir: string;
  readonly disk: Disk;
  readonly durability: Durability;
  /** Called once for each failure, and once when it ends. */
  readonly onTrouble: (message: string) => void;
  /** The number of characters that may be queued while the disk fails. */
  readonly maxQueued?: number;
}

/** Writes entries in order, together if they are appended in the same tick, and repeats failed writes. */
export class WriteQueue {
  readonly #options: WriteQueueOptions;
  #trouble: string | null = null;
  #queue: Batch[] = [];
  #current: Batch | null = null;
  #isAbandoned = false;
  #dropped: { from: number; to: number } | null = null;
  #isScheduled = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WriteQueueOptions) {
    this.#options = options;
  }

  /** Why writing fails at present; null when it works. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** @returns the number of characters added; 0 when the entry was dropped */
  append(entry: OpenEntry): number {
    if (this.#mustDrop(entry)) {
      this.#dropped = { from: this.#dropped?.from ?? entry.seq, to: entry.seq };
      return 0;
    }
    const batch = this.#last();
    if (this.#dropped !== null) push(batch, removedLine(this.#dropped.from, this.#dropped.to));
    this.#dropped = null;
    const line = `${JSON.stringify(entry)}\n`;
    push(batch, line);
    // While the disk fails, the retry timer starts the next write.
    if (this.#trouble === null) this.#startSoon();
    return line.length;
  }

  /** Replaces all entries, and those not yet written, with this one. */
  startOver(entry: OpenEntry): void {
    const batch = newBatch('wiped');
    for (const { newFile, waiters } of this.#queue) {
      newFile?.onEnd(false);
      batch.waiters.push(...waiters);
    }
    this.#queue = [batch];
    this.#dropped = null;
    // The file starts again, so it cannot have a gap.
    this.#isAbandoned = false;
    push(batch, `${JSON.stringify(entry)}\n`);
    // Written immediately even while the disk fails, because the old entries may have filled it.
    this.#startSoon();
  }

  /** Changes the existing entries before the next one is written; without it, no entry need follow. */
  change(before: ExistingEntries): void {
    if (!this.#isAbandoned) this.#queue.push(newBatch(before));
  }

  /** Starts the first write when anything is queued. */
  start(): void {
    if (this.#queue.length > 0) this.#startSoon();
  }

  /** Resolves to whether the entries after this number are written to a new file. */
  startNewFile(seq: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#queue.push({ ...newBatch('kept'), newFile: { seq, onEnd: resolve } });
      this.#startSoon();
    });
  }

  durable(): Promise<void> | null {
    if (this.#queue.length === 0 && this.#current === null) return null;
    const isIdle = this.#current === null && !this.#isScheduled;
    const { durability } = this.#options;
    if (this.#trouble !== null && durability === 'relaxed') return null;
    if (this.#trouble !== null && isIdle) return Promise.reject(unwritable(this.#trouble));
    return new Promise<void>((resolve, reject) => this.#wait({ reject, resolve: () => resolve() }));
  }

  written(): Promise<boolean> | null {
    if (this.#queue.length === 0 && this.#current === null) return null;
    if (this.#trouble !== null && this.#options.durability === 'relaxed') return null;
    return new Promise((resolve) => this.#wait({ reject: null, resolve }));
  }

  refusal(): CodedError | null {
    const isFine = this.#trouble === null || this.#options.durability === 'relaxed';
    return isFine ? null : unwritable(this.#trouble ?? '');
  }

  release(): void {
    for (const batch of this.#queue) {
      for (const { resolve, reject } of batch.waiters) if (reject === null) resolve(false);
      batch.waiters = batch.waiters.filter(({ reject }) => reject !== null);
    }
  }

  /** Tries once more to write what is queued. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#trouble !== null) this.#startSoon();
    // Unlike durable(), this also waits while the disk fails and durability is relaxed: the file is closed next.
    await new Promise<void>((resolve) => this.#wait({ resolve: () => resolve(), reject: () => resolve() }));
    clearTimeout(this.#timer);
    this.release();
    for (const { newFile } of this.#queue) newFile?.onEnd(false);
  }

  #startSoon(): void {
    if (this.#isScheduled || this.#current !== null) return;
    clearTimeout(this.#timer);
    this.#isScheduled = true;
    // Entries of the same tick are written together.
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#work();
    });
  }

  async #work(): Promise<void> {
    while (this.#current === null) {
      const batch = this.#queue.shift() ?? null;
      this.#current = batch;
      if (batch === null) return;
      try {
        if (batch.newFile !== null) await this.#beginFile(batch, batch.newFile);
        if (batch.before !== 'kept' || batch.length > 0)
          await this.#options.disk.put(batch.before, batch.lines.join(''));
      } catch (error) {
        return this.#fail(batch, error as Error);
      }
      this.#succeed(batch);
    }
  }

  /** Without a new file, the entries are written to the present one: only a snapshot needs the new file. */
  async #beginFile(batch: Batch, { seq, onEnd }: NewFile): Promise<void> {
    batch.newFile = null;
    const begun = await this.#options.disk.startNew(seq).then(
      () => true,
      () => false,
    );
    onEnd(begun);
  }

  #succeed(batch: Batch): void {
    this.#current = null;
    this.#retryMs = FIRST_RETRY_MS;
    for (const { resolve } of batch.waiters) resolve(true);
    if (this.#trouble === null || this.#isAbandoned) return;
    this.#trouble = null;
    this.#options.onTrouble(`${this.#options.dir} is writable again`);
  }

  #fail(batch: Batch, error: Error): void {
    const { dir, durability, onTrouble } = this.#options;
    this.#current = null;
    if (this.#isAbandoned) return abandon(batch);
    // A wipe in the meantime makes the failed batch obsolete.
    if (this.#queue[0]?.before !== 'wiped') this.#queue.unshift(batch);
    else this.#queue[0].waiters.push(...batch.waiters);
    const isNew = this.#trouble === null;
    this.#trouble = `cannot write to ${dir}: ${error.message}`;
    for (const waiting of this.#queue) waiting.waiters = waiting.waiters.filter((one) => !this.#endWait(one));
    if (isNew) onTrouble(durability === 'strict' ? this.#trouble : `${this.#trouble}; continuing in memory`);
    this.#timer = setTimeout(() => this.#startSoon(), this.#retryMs);
    this.#timer.unref();
    this.#retryMs = Math.min(2 * this.#retryMs, LONGEST_RETRY_MS);
  }

  /** Ends the wait of a waiter if it does not wait for the disk to recover. @returns whether the wait is over */
  #endWait({ resolve, reject }: Waiter): boolean {
    if (this.#options.durability === 'relaxed') resolve(true);
    else if (reject === null) return false;
    else reject(unwritable(this.#trouble ?? ''));
    return true;
  }

  #last(): Batch {
    let batch = this.#queue.at(-1);
    if (batch === undefined) {
      batch = newBatch('kept');
      this.#queue.push(batch);
    }
    return batch;
  }

  /** Returns whether an entry is dropped: while the disk fails, the queue must not exhaust memory. */
  #mustDrop({ type }: OpenEntry): boolean {
    if (this.#trouble === null) return false;
    const length = this.#queue.reduce((sum, batch) => sum + batch.length, 0);
    const { maxQueued = MAX_QUEUED, durability } = this.#options;
    if (length > 4 * maxQueued && durability === 'relaxed') this.#abandonWrites();
    return this.#isAbandoned || (length > maxQueued && OBSERVATIONS.has(type));
  }

  #abandonWrites(): void {
    this.#isAbandoned = true;
    this.#trouble = `${this.#trouble}; the write queue is full, so nothing is written until the next start`;
    this.#options.onTrouble(this.#trouble);
    clearTimeout(this.#timer);
    for (const batch of this.#queue) abandon(batch);
    this.#queue = [];
  }

  #wait(waiter: Waiter): void {
    const batch = this.#queue.at(-1) ?? this.#current;
    if (batch === null) waiter.resolve(true);
    else batch.waiters.push(waiter);
  }
}

function newBatch(before: ExistingEntries): Batch {
  return { before, newFile: null, lines: [], length: 0, waiters: [] };
}

function abandon({ newFile, waiters }: Batch): void {
  newFile?.onEnd(false);
  for (const { resolve } of waiters) resolve(false);
}

function push(batch: Batch, line: string): void {
  batch.lines.push(line);
  batch.length += line.length;
}

function unwritable(trouble: string): CodedError {
  return new CodedError(
    'DATA_UNWRITABLE',
    trouble,
    'Free space on the disk or make the folder writable; the mock retries automatically. Or start it with --durability relaxed.',
  );
}
