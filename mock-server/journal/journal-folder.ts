import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { type Damage, HEADER, JOURNAL_FILE, linesOf, parseLine, readHeader } from './journal-lines.ts';
import { makeFolder } from './make-folder.ts';

/** An opened and locked data folder. */
export interface OpenFolder {
  readonly lock: FolderLock;
  /** The journal, open for reading and appending. */
  readonly fd: number;
  /** Whether it is a regular file with a size and contents, unlike a device. */
  readonly isRegular: boolean;
  readonly size: number;
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants;

/**
 * Opens the folder and its journal. Creates them durably where they are missing.
 * @throws {CodedError} DATA_UNUSABLE, DATA_LOCKED
 */
export function openFolder(dir: string): OpenFolder {
  let lock: FolderLock | null = null;
  try {
    // Private, because the journal contains data of clients.
    const created = makeFolder(resolve(dir), 0o700);
    lock = lockFolder(dir);
    const opened = openJournal(dir);
    for (const folder of new Set([resolve(dir), ...created.map((made) => dirname(made))])) syncFolder(folder);
    return { lock, ...opened };
  } catch (error) {
    lock?.release();
    throw error instanceof CodedError ? error : unusable(dir, error);
  }
}

function openJournal(dir: string): Omit<OpenFolder, 'lock'> {
  const path = join(dir, JOURNAL_FILE);
  rmSync(draftOf(path), { force: true });
  // O_NONBLOCK keeps a pipe from blocking the open.
  const fd = openSync(path, O_APPEND | O_CREAT | O_RDWR | (O_NONBLOCK ?? 0), 0o600);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() && !stat.isCharacterDevice()) throw new Error(`${path} is not a file`);
    if (!stat.isFile() || stat.size > 0) return { fd, isRegular: stat.isFile(), size: stat.size };
    writeSync(fd, HEADER);
    fsyncSync(fd);
    return { fd, isRegular: true, size: HEADER.length };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** A new file is durable once its folder is synced, and a new folder once its parent is. */
function syncFolder(folder: string): void {
  // Windows cannot open folders, and a parent folder may not be readable.
  let fd: number;
  try {
    fd = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(fd);
  } catch {
    // Some file systems do not support syncing folders.
  } finally {
    closeSync(fd);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'Make it writable for this user, or choose another folder with --data.',
  EPERM: 'Make it writable for this user, or choose another folder with --data.',
  EROFS: 'Choose a folder on a writable file system with --data.',
  ENOSPC: 'Free space on the disk, or choose another folder with --data.',
  EDQUOT: 'Free space on the disk, or choose another folder with --data.',
};

function unusable(dir: string, error: unknown): CodedError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new CodedError(
    'DATA_UNUSABLE',
    `${dir} cannot be used: ${message}`,
    REMEDIES[code] ?? 'Choose another folder with --data.',
  );
}

export interface Rewrite {
  readonly dir: string;
  /** The current file, open for reading. */
  readonly fd: number;
  readonly change: (value: Readonly<Record<string, unknown>>) => unknown;
  readonly damage: Damage;
}

/** The number of characters written at once. Small, to keep the event loop responsive. */
const WRITE_SIZE = 128 * 1024;

/** Atomically replaces the file with one whose entries are changed. @returns the new file, open for appending */
export async function rewriteFile({
  dir,
  fd,
  change,
  damage,
}: Rewrite): Promise<Pick<OpenFolder, 'fd' | 'size'>> {
  // If the file is a link, its target is replaced.
  const path = realpathSync(join(dir, JOURNAL_FILE));
  const draft = draftOf(path);
  const file = await open(draft, 'w', 0o600);
  try {
    let gathered = HEADER;
    for (const line of linesOf(fd, damage)) {
      if (!line.whole) break;
      const value = parseLine(line, damage);
      if (line.number === 1 && readHeader(value) === true) continue;
      gathered += `${JSON.stringify(change(value))}\n`;
      if (gathered.length < WRITE_SIZE) continue;
      await file.write(gathered);
      gathered = '';
    }
    await file.write(gathered);
    await file.sync();
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  const fresh = openSync(draft, O_APPEND | O_RDWR);
  renameSync(draft, path);
  syncFolder(dirname(path));
  return { fd: fresh, size: fstatSync(fresh).size };
}

function draftOf(path: string): string {
  return `${path}.new`;
}
