import {
  closeSync,
  constants,
  existsSync,
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
import type { SavedPart } from './fold.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { closedPath, closedSeqs, snapshotSeqs } from './journal-chain.ts';
import { damageIn, headerAfter, JOURNAL_FILE, linesOf, parseLine, readHeader } from './journal-lines.ts';
import { makeFolder, syncFolder, syncFolderLater } from './make-folder.ts';
import { changeSavedTask, type SavedTask, TASKS } from './saved-task.ts';
import { isIntact, readSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.ts';
import type { OpenEntry } from './unpack-entry.ts';
import { writeText } from './write-text.ts';

/** An opened and locked data folder. */
export interface OpenFolder {
  readonly lock: FolderLock;
  /** The journal, open for reading and appending. */
  readonly fd: number;
  /** Its path, after links are resolved. */
  readonly path: string;
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
  const isNew = !existsSync(path);
  // O_NONBLOCK keeps a pipe from blocking the open.
  const fd = openSync(path, O_APPEND | O_CREAT | O_RDWR | (O_NONBLOCK ?? 0), 0o600);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() && !stat.isCharacterDevice()) throw new Error(`${path} is not a file`);
    const opened = { fd, path: realpathSync(path), isRegular: stat.isFile(), size: stat.size };
    if (!stat.isFile() || stat.size > 0) return opened;
    // An empty file was wiped by a reset. A missing one may continue after a closed one, see `replaceFile`.
    const header = headerAfter(isNew ? (closedSeqs(opened.path).at(-1) ?? null) : null);
    writeSync(fd, header);
    fsyncSync(fd);
    return { ...opened, size: header.length };
  } catch (error) {
    closeSync(fd);
    throw error;
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

/** The number of characters written at once. Small, to keep the event loop responsive. */
const WRITE_SIZE = 128 * 1024;

type FolderChange = (entry: OpenEntry) => OpenEntry;

/**
 * Changes all entries of the journal, also in closed files, and the tasks of snapshots as if they had just been
 * submitted. Each file is replaced atomically.
 * @returns the new open file
 */
export async function blankFolder(dir: string, path: string, change: FolderChange): Promise<OpenedFile> {
  for (const seq of closedSeqs(path)) await ifPresent(rewriteFile(closedPath(path, seq), change));
  for (const seq of snapshotSeqs(dir)) await ifPresent(rewriteSnapshot(dir, seq, change));
  await rewriteFile(path, change);
  return openedFile(path);
}

/** A file that a finished snapshot replaces may be removed in the meantime. */
async function ifPresent(change: Promise<void>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Atomically replaces a file with one whose entries are changed. */
async function rewriteFile(path: string, change: FolderChange): Promise<void> {
  const draft = draftOf(path);
  const fd = openSync(path, 'r');
  const file = await open(draft, 'w', 0o600);
  try {
    let gathered = '';
    for (const text of changedLines(fd, path, change)) {
      gathered += text;
      if (gathered.length < WRITE_SIZE) continue;
      await writeText(file, gathered);
      gathered = '';
    }
    await writeText(file, gathered);
    await file.sync();
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    await file.close();
    closeSync(fd);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

function* changedLines(fd: number, path: string, change: FolderChange): Generator<string> {
  const damage = damageIn(path);
  for (const line of linesOf(fd, damage)) {
    if (!line.whole) break;
    const value = parseLine(line, damage);
    const header = line.number === 1 ? readHeader(value) : null;
    const after = header === null || typeof header === 'string' ? null : header.after;
    if (line.number === 1) yield headerAfter(after);
    if (header !== null) continue;
    yield `${JSON.stringify('removed' in value ? value : change(value as unknown as OpenEntry))}\n`;
  }
}

/** A damaged snapshot may contain anything, so it is removed: the entries that it replaces still exist. */
async function rewriteSnapshot(dir: string, seq: number, change: FolderChange): Promise<void> {
  const path = snapshotPath(dir, seq);
  if (!isIntact(path)) return rmSync(path, { force: true });
  const parts: SavedPart[] = [];
  const stamp = readSnapshot(path, (part) => parts.push(changedPart(part, change)));
  const { signal } = new AbortController();
  await writeSnapshot({ dir, stamp, parts: each(parts), signal, isWanted: Promise.resolve(true) });
}

function* each<Item>(items: readonly Item[]): Generator<Item> {
  yield* items;
}

function changedPart([fold, part]: SavedPart, change: FolderChange): SavedPart {
  return fold === TASKS ? [fold, changeSavedTask(part as SavedTask, change)] : [fold, part];
}

/** Continues in a new file. The present one is kept under the name of its last entry. */
export async function replaceFile(path: string, seq: number): Promise<OpenedFile> {
  const draft = draftOf(path);
  const closed = closedPath(path, seq);
  await writeDurably(draft, headerAfter(seq));
  renameSync(path, closed);
  try {
    // An interruption before this leaves no open file. The next start creates one that continues after the closed one.
    renameSync(draft, path);
  } catch (error) {
    renameSync(closed, path);
    throw error;
  }
  await syncFolderLater(dirname(path));
  return openedFile(path);
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await writeText(file, text);
    await file.sync();
  } finally {
    await file.close();
  }
}

interface OpenedFile {
  readonly fd: number;
  readonly size: number;
}

function openedFile(path: string): OpenedFile {
  const fd = openSync(path, O_APPEND | O_RDWR);
  return { fd, size: fstatSync(fd).size };
}

function draftOf(path: string): string {
  return `${path}.new`;
}
