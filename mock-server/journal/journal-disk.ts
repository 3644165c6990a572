import { closeSync, fdatasync, ftruncate, ftruncateSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Durability } from './journal-file.ts';
import { rewriteFile } from './journal-folder.ts';
import { damageIn, HEADER } from './journal-lines.ts';
import type { OpenRecord } from './unpack-record.ts';

/** What happens to the existing entries of the file. */
export type ExistingEntries = 'kept' | 'wiped' | ((record: OpenRecord) => OpenRecord);

/** The open journal file, as seen by its writer. */
export interface Disk {
  /**
   * Writes all of the text or, from the next call's point of view, none of it. Resolves when the write is durable.
   * Calls must not overlap.
   */
  put(before: ExistingEntries, text: string): Promise<void>;
  /** Truncates the file to this size. */
  cut(size: number): void;
  close(): void;
}

export interface DiskOptions {
  readonly dir: string;
  readonly durability: Durability;
  readonly fd: number;
  /** Whether it is a regular file with a size and contents, unlike a device. */
  readonly isRegular: boolean;
  readonly size: number;
}

export function createDisk({ dir, durability, isRegular, ...opened }: DiskOptions): Disk {
  let { fd, size } = opened;
  /** Whether a failed write may have left a partial line. */
  let isTorn = false;
  let isWiped = false;

  async function append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    if (isTorn && isRegular) await promisify(ftruncate)(fd, size);
    isTorn = true;
    await writeAll(fd, bytes);
    // An unsynced write is repeated next time: after a failed sync, it is unknown what reached the disk.
    if (durability === 'strict') await promisify(fdatasync)(fd);
    isTorn = false;
    size += bytes.length;
  }

  /**
   * Truncates instead of replacing, because a full disk has no space for a second file. An interrupted wipe also
   * leaves an empty journal.
   */
  async function wipe(): Promise<void> {
    if (!isRegular) return;
    await promisify(ftruncate)(fd, 0);
    size = 0;
    isTorn = false;
    isWiped = true;
  }

  return {
    async put(before, text) {
      if (before === 'wiped' && !isWiped) await wipe();
      else if (typeof before === 'function' && isRegular) {
        const damage = damageIn(dir);
        const change = (value: object): unknown => ('removed' in value ? value : before(value as OpenRecord));
        const fresh = await rewriteFile({ dir, fd, change, damage });
        closeSync(fd);
        ({ fd, size } = fresh);
        isTorn = false;
      }
      await append(before === 'wiped' && isRegular ? HEADER + text : text);
      isWiped = false;
    },
    cut(length) {
      ftruncateSync(fd, length);
      size = length;
    },
    close: () => closeSync(fd),
  };
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
