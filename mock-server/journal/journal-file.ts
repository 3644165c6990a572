import type { CodedError } from '../core/coded-error.ts';
import type { Durability } from './durability.ts';
import type { SavedPart } from './fold.ts';
import { Disk } from './journal-disk.ts';
import type { Stamp } from './journal-entry.ts';
import { type OpenFolder, openFolder } from './journal-folder.ts';
import { type PastRead, readPast, type UsePast } from './read-past.ts';
import { type SnapshotPolicy, Snapshots } from './snapshots.ts';
import type { OpenEntry } from './unpack-entry.ts';
import { WriteQueue } from './write-queue.ts';

/**
 * The journal on disk: `journal.jsonl`, a header followed by one JSON object per line. Now and then the state is saved
 * as a snapshot, a new file is started, and the files before the previous snapshot are removed.
 */
export interface JournalFile {
  /**
   * Reads the newest intact snapshot of previous runs and the entries after it, and removes a truncated last line.
   * @throws {CodedError} DATA_DAMAGED with the file and the line
   */
  readPast(use: UsePast): void;
  append(entry: OpenEntry): void;
  /** Replaces all entries with this one. */
  startOver(entry: OpenEntry): void;
  /** Appends an entry, and rewrites all earlier ones. `change` may be called some time later. */
  rewrite(entry: OpenEntry, change: (entry: OpenEntry) => OpenEntry): void;
  /** Writes a snapshot in the background when one is due. Must be called after an entry was applied to the folds. */
  snapshotIfDue(stamp: Stamp, save: () => Generator<SavedPart>): void;
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
  /** Resolves when no snapshot is being written. */
  settled(): Promise<void>;
  /** Ends the waits for a failing disk. */
  release(): void;
  close(): Promise<void>;
}

export interface JournalFileOptions {
  readonly dir: string;
  readonly durability: Durability;
  readonly snapshots?: SnapshotPolicy;
  /** Called once for each failure, and once when it ends. */
  readonly onTrouble: (message: string) => void;
}

/** Without a policy, snapshots are never due. */
const NEVER: SnapshotPolicy = { afterBytes: Number.POSITIVE_INFINITY, everyMs: Number.POSITIVE_INFINITY };

/**
 * Opens the journal of a data folder.
 * @throws {CodedError} DATA_LOCKED when another mock uses the folder, DATA_UNUSABLE when it cannot be used
 */
export function openJournalFile(options: JournalFileOptions): JournalFile {
  const folder = openFolder(options.dir);
  if (folder.lock.weakness !== null) options.onTrouble(folder.lock.weakness);
  return new FolderJournal(options, folder);
}

class FolderJournal implements JournalFile {
  readonly #options: JournalFileOptions;
  readonly #folder: OpenFolder;
  readonly #disk: Disk;
  readonly #queue: WriteQueue;
  readonly #snapshots: Snapshots;
  #unsaved = 0;
  #repairedBytes = 0;
  #isClosed = false;

  constructor(options: JournalFileOptions, folder: OpenFolder) {
    const { dir, durability, snapshots: policy = NEVER, onTrouble } = options;
    const { path } = folder;
    this.#options = options;
    this.#folder = folder;
    this.#disk = new Disk({ dir, durability, ...folder });
    this.#queue = new WriteQueue({ dir, durability, onTrouble, disk: this.#disk });
    const startNewFile = (seq: number): Promise<boolean> => this.#queue.startNewFile(seq);
    this.#snapshots = new Snapshots({ dir, path, policy, startNewFile, onTrouble });
  }

  readPast(use: UsePast): void {
    const { isRegular, path } = this.#folder;
    if (!isRegular) return;
    const read = readPast(this.#options.dir, path, use);
    this.#snapshots.resume(read.stamp, read.snapshotBytes, read.entryBytes);
    this.#repair(read);
    for (const one of read.damaged)
      this.#options.onTrouble(`${one} is damaged; earlier data was read instead`);
  }

  #repair({ open, stamp }: PastRead): void {
    this.#repairedBytes = open.repairedBytes;
    if (open.repairedBytes > 0) this.#disk.cut(open.size);
    if (open.size === 0 && stamp === null) this.#queue.change('wiped');
    else if (!open.hasHeader) this.#queue.change((entry) => entry);
    this.#queue.start();
  }

  append(entry: OpenEntry): void {
    this.#unsaved += this.#queue.append(entry);
  }

  startOver(entry: OpenEntry): void {
    this.#snapshots.startOver();
    this.#queue.startOver(entry);
  }

  rewrite(entry: OpenEntry, change: (entry: OpenEntry) => OpenEntry): void {
    // It may have the contents of tasks that are removed now.
    this.#snapshots.cancel();
    this.#queue.change(change);
    this.append(entry);
  }

  snapshotIfDue(stamp: Stamp, save: () => Generator<SavedPart>): void {
    const bytes = this.#unsaved;
    this.#unsaved = 0;
    const isDue = this.#snapshots.count(bytes, stamp.wallAt);
    if (isDue && this.#folder.isRegular && this.#queue.trouble === null && !this.#isClosed) {
      this.#snapshots.take(stamp, save());
    }
  }

  durable(): Promise<void> | null {
    return this.#queue.durable();
  }

  written(): Promise<boolean> | null {
    return this.#queue.written();
  }

  refusal(): CodedError | null {
    return this.#queue.refusal();
  }

  get trouble(): string | null {
    return this.#queue.trouble;
  }

  get repairedBytes(): number {
    return this.#repairedBytes;
  }

  settled(): Promise<void> {
    return this.#snapshots.settled();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#snapshots.cancel();
    await this.#queue.close();
    await this.#snapshots.settled();
    this.#disk.close();
    this.#folder.lock.release();
  }

  release(): void {
    this.#queue.release();
  }
}
