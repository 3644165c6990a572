import type { SavedPart } from './fold.ts';
import { dropBefore } from './journal-chain.ts';
import type { Stamp } from './journal-entry.ts';
import { writeSnapshot } from './snapshot-file.ts';

/** When a snapshot is written. */
export interface SnapshotPolicy {
  /** The size of the entries, in bytes, after which one is due. With a larger state, twice the size of the state. */
  readonly afterBytes: number;
  /** The age of the latest one after which the next entry makes one due. */
  readonly everyMs: number;
}

/**
 * Bounds the size of the folder. It has at most two snapshots and the entries since the older one, and a third snapshot
 * while it is written. With a state of S bytes, `afterBytes` being less than 2 S, that is at most 3 S + 2 * 2 S, and the
 * entries that are appended while a snapshot is written.
 */
const STATE_FACTOR = 2;

export interface SnapshotsOptions {
  readonly dir: string;
  /** The open file of the journal, after links are resolved. */
  readonly path: string;
  readonly policy: SnapshotPolicy;
  /** Resolves to whether the entries after this number are written to a new file. */
  readonly startNewFile: (seq: number) => Promise<boolean>;
  readonly onTrouble: (message: string) => void;
}

/** Writes snapshots when they are due, one at a time, and removes the files that they replace. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  /** The size of the entries since the latest snapshot. */
  #tail = 0;
  #stateSize = 0;
  /** The wall time of the latest snapshot; null before the first entry. */
  #latestAt: number | null = null;
  /** The number of the latest snapshot, which stays until there are two newer ones. */
  #latest: number | null = null;
  #running: Promise<void> | null = null;
  #abort = new AbortController();

  constructor(options: SnapshotsOptions) {
    this.#options = options;
  }

  /** Continues a folder. @param stamp that of the snapshot that was read; null without one */
  resume(stamp: Stamp | null, stateSize: number, tail: number): void {
    this.#latest = stamp?.seq ?? null;
    this.#latestAt = stamp?.wallAt ?? null;
    this.#stateSize = stateSize;
    this.#tail = tail;
  }

  /** Counts an entry. @returns whether a snapshot is due */
  count(bytes: number, wallAt: number): boolean {
    this.#tail += bytes;
    this.#latestAt ??= wallAt;
    if (this.#running !== null) return false;
    const { afterBytes, everyMs } = this.#options.policy;
    return (
      this.#tail >= Math.max(afterBytes, STATE_FACTOR * this.#stateSize) || wallAt - this.#latestAt >= everyMs
    );
  }

  /** Starts to write a snapshot. @param stamp that of the newest entry */
  take(stamp: Stamp, parts: Generator<SavedPart>): void {
    this.#tail = 0;
    this.#latestAt = stamp.wallAt;
    const { signal } = this.#abort;
    const own = this.#write(stamp, parts, signal).finally(() => {
      if (this.#running === own) this.#running = null;
    });
    this.#running = own;
  }

  /** Ends the snapshot that is being written, because its contents are not wanted anymore. */
  cancel(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** Starts again from an empty folder. */
  startOver(): void {
    this.cancel();
    this.#latest = null;
    this.#stateSize = 0;
    this.#tail = 0;
  }

  /** Resolves when no snapshot is being written. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #write(stamp: Stamp, parts: Generator<SavedPart>, signal: AbortSignal): Promise<void> {
    const { dir, path, startNewFile, onTrouble } = this.#options;
    try {
      const isWanted = startNewFile(stamp.seq);
      const size = await writeSnapshot({ dir, stamp, parts, signal, isWanted });
      // A reset in the meantime has removed it.
      if (size === null || signal.aborted) return;
      const kept = this.#latest === null ? [stamp.seq] : [this.#latest, stamp.seq];
      this.#latest = stamp.seq;
      this.#stateSize = size;
      if (kept.length > 1) await dropBefore(dir, path, kept);
    } catch (error) {
      onTrouble(`cannot write a snapshot to ${dir}: ${(error as Error).message}; the journal keeps growing`);
    }
  }
}
