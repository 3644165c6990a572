import { closeSync, fdatasync, ftruncate, ftruncateSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Durability } from './durability.ts';
import { dropEarlier } from './journal-chain.ts';
import { blankFolder, replaceFile } from './journal-folder.ts';
import { headerAfter } from './journal-lines.ts';
import type { OpenEntry } from './unpack-entry.ts';

/** What happens to the existing entries of the file. */
export type ExistingEntries = 'kept' | 'wiped' | ((entry: OpenEntry) => OpenEntry);

export interface DiskOptions {
  readonly dir: string;
  /** The open file of the journal, after links are resolved. */
  readonly path: string;
  readonly durability: Durability;
  readonly fd: number;
  /** Whether it is a regular file with a size and contents, unlike a device. */
  readonly isRegular: boolean;
  readonly size: number;
}

/** The open journal file, as seen by its writer. Calls must not overlap. */
export class Disk {
  readonly #dir: string;
  readonly #path: string;
  readonly #durability: Durability;
  readonly #isRegular: boolean;
  #fd: number;
  #size: number;
  /** Whether a failed write may have left a partial line. */
  #isTorn = false;
  #isWiped = false;

  constructor({ dir, path, durability, isRegular, fd, size }: DiskOptions) {
    this.#dir = dir;
    this.#path = path;
    this.#durability = durability;
    this.#isRegular = isRegular;
    this.#fd = fd;
    this.#size = size;
  }

  /** Writes all of the text or, from the next call's point of view, none of it. Resolves when the write is durable. */
  async put(before: ExistingEntries, text: string): Promise<void> {
    if (before === 'wiped' && !this.#isWiped) await this.#wipe();
    else if (typeof before === 'function' && this.#isRegular) await this.#rewrite(before);
    await this.#append(before === 'wiped' && this.#isRegular ? headerAfter(null) + text : text);
    // Only now, because before the first entry is written, an interruption must not lose the earlier ones.
    if (before === 'wiped' && this.#isRegular) dropEarlier(this.#dir, this.#path);
    this.#isWiped = false;
  }

  /**
   * Continues in a new file, and keeps the present one under another name.
   * @param seq the number of the last entry of the present file
   */
  async startNew(seq: number): Promise<void> {
    await this.#removeTornLine();
    this.#use(await replaceFile(this.#path, seq));
  }

  /** Truncates the file to this size. */
  cut(size: number): void {
    ftruncateSync(this.#fd, size);
    this.#size = size;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #use({ fd, size }: { readonly fd: number; readonly size: number }): void {
    closeSync(this.#fd);
    this.#fd = fd;
    this.#size = size;
    this.#isTorn = false;
  }

  async #rewrite(before: (entry: OpenEntry) => OpenEntry): Promise<void> {
    this.#use(await blankFolder(this.#dir, this.#path, before));
  }

  async #append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    await this.#removeTornLine();
    this.#isTorn = true;
    await writeAll(this.#fd, bytes);
    // An unsynced write is repeated next time: after a failed sync, it is unknown what reached the disk.
    if (this.#durability === 'strict') await promisify(fdatasync)(this.#fd);
    this.#isTorn = false;
    this.#size += bytes.length;
  }

  async #removeTornLine(): Promise<void> {
    if (this.#isTorn && this.#isRegular) await promisify(ftruncate)(this.#fd, this.#size);
  }

  /**
   * Truncates instead of replacing, because a full disk has no space for a second file. An interrupted wipe also
   * leaves an empty journal.
   */
  async #wipe(): Promise<void> {
    if (!this.#isRegular) return;
    await promisify(ftruncate)(this.#fd, 0);
    this.#size = 0;
    this.#isTorn = false;
    this.#isWiped = true;
  }
}

function writeAll(fd: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (rest: Buffer): void => {
      if (rest.length === 0) return resolve();
      write(fd, rest, (error, written) => (error === null ? next(rest.subarray(written)) : reject(error)));
    };
    next(bytes);
  });
}
