import { closeSync, fdatasync, ftruncate, ftruncateSync, write } from 'node:fs';
import { promisify } from 'node:util';
import type { Durability } from './journal-file.ts';
import { rewriteFile } from './journal-folder.ts';
import { damageIn, HEADER } from './journal-lines.ts';
import type { OpenRecord } from './open-record.ts';

/** What happens to the entries that are in the file already. */
export type Before = 'kept' | 'wiped' | ((record: OpenRecord) => OpenRecord);

/** The open journal, as the one who writes it sees it. */
export interface Disk {
  /** All of it or, as far as the next call is concerned, nothing. Resolves when it counts; one call at a time. */
  put(before: Before, text: string): Promise<void>;
  /** Cuts the file off at this size. */
  cut(size: number): void;
  close(): void;
}

export interface DiskOptions {
  readonly dir: string;
  readonly durability: Durability;
  readonly fd: number;
  /** Whether it has a size and a past, unlike a device. */
  readonly isRegular: boolean;
  readonly size: number;
}

export function createDisk({ dir, durability, isRegular, ...opened }: DiskOptions): Disk {
  let { fd, size } = opened;
  /** Whether a failed write may have left half a line behind. */
  let isTorn = false;
  let isWiped = false;

  async function append(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    if (isTorn && isRegular) await promisify(ftruncate)(fd, size);
    isTorn = true;
    await writeAll(fd, bytes);
    // What was not synced is written once more next time: after a failed sync nobody knows what reached the disk.
    if (durability === 'strict') await promisify(fdatasync)(fd);
    isTorn = false;
    size += bytes.length;
  }

  /** Cut off instead of replaced, because a full disk has no room for a second file; half of it is a clean slate too. */
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
