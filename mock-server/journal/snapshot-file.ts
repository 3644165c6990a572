import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import type { SavedPart } from './fold.ts';
import type { Stamp } from './journal-entry.ts';
import { type Line, linesOf, parseLine } from './journal-lines.ts';
import { syncFolderLater } from './make-folder.ts';
import { writeText } from './write-text.ts';

/**
 * A snapshot: the state after the entry with its number. The first line is a header with that entry's stamp, each
 * further line is a part of a fold, and the last line has the number of lines and the checksum of everything before it.
 */
const FORMAT = 'stuntdouble-snapshot';
const VERSION = 1;

/** Written at once, at most: the mock answers requests between two writes. */
const WRITE_SIZE = 128 * 1024;
const WRITE_MS = 4;

export function snapshotPath(dir: string, seq: number): string {
  return join(dir, `snapshot-${seq}.jsonl`);
}

/** Returns the number of the entry that a snapshot follows; null when the name is not that of a snapshot. */
export function seqOfSnapshot(name: string): number | null {
  const digits = /^snapshot-(\d{1,15})\.jsonl$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

export interface Snapshot {
  readonly dir: string;
  readonly stamp: Stamp;
  readonly parts: Generator<SavedPart>;
  /** Ends the writing, and removes what was written. */
  readonly signal: AbortSignal;
  /** Resolves to whether the snapshot may replace the entries before it. */
  readonly isWanted: Promise<boolean>;
}

/**
 * Writes a snapshot while the mock continues. It has its name only when it is complete and on disk.
 * @returns its size in bytes; null when it was not wanted
 */
export async function writeSnapshot(snapshot: Snapshot): Promise<number | null> {
  const { dir, stamp, parts, signal, isWanted } = snapshot;
  const path = snapshotPath(dir, stamp.seq);
  const draft = `${path}.new`;
  // Capturing the state begins with the first part, which must not be delayed.
  const lines = linesFor(stamp, parts);
  const first = lines.next();
  try {
    const file = await open(draft, 'w', 0o600);
    let size: number;
    try {
      size = await writeLines(file, first.value ?? '', lines, signal);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!(await isWanted) || signal.aborted) {
      rmSync(draft, { force: true });
      return null;
    }
    renameSync(draft, path);
    await syncFolderLater(dir);
    return size;
  } catch (error) {
    lines.return(undefined);
    rmSync(draft, { force: true });
    if (signal.aborted) return null;
    throw error;
  }
}

async function writeLines(
  file: FileHandle,
  first: string,
  lines: Iterator<string, unknown>,
  signal: AbortSignal,
): Promise<number> {
  let gathered = first;
  let size = 0;
  let until = performance.now() + WRITE_MS;
  const flush = async (): Promise<void> => {
    size += await writeText(file, gathered);
    signal.throwIfAborted();
    gathered = '';
    until = performance.now() + WRITE_MS;
  };
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    gathered += next.value;
    if (gathered.length >= WRITE_SIZE || performance.now() >= until) await flush();
  }
  await flush();
  return size;
}

/** The header and the first part are one item, because reading the first part captures the state. */
function* linesFor({ seq, at, wallAt }: Stamp, parts: Generator<SavedPart>): Generator<string, undefined> {
  const hash = createHash('sha256');
  let count = 0;
  let pending = `${JSON.stringify({ format: FORMAT, version: VERSION, seq, at, wallAt })}\n`;
  for (const part of parts) {
    const text = `${pending}${JSON.stringify(part)}\n`;
    pending = '';
    count += 1;
    hash.update(text);
    yield text;
  }
  if (pending !== '') hash.update(pending);
  yield `${pending}${JSON.stringify({ parts: count, sha256: hash.digest('hex') })}\n`;
  return undefined;
}

/**
 * Reads a snapshot that `isIntact` has accepted.
 * @returns the stamp of the entry that it follows
 */
export function readSnapshot(path: string, use: (part: SavedPart) => void): Stamp {
  const fd = openSync(path, 'r');
  const damage = damageOf(path);
  let stamp: Stamp | null = null;
  try {
    for (const line of linesOf(fd, damage)) {
      if (stamp === null) stamp = parseLine(line, damage) as unknown as Stamp;
      // Parts are lists; the last line is an object.
      else if (line.bytes[0] === 0x5b) use(JSON.parse(line.bytes.toString('utf8')) as SavedPart);
    }
  } finally {
    closeSync(fd);
  }
  if (stamp === null) throw damage(1, 'has no header');
  return stamp;
}

/**
 * Returns whether a snapshot is complete and unchanged.
 * @throws {CodedError} DATA_DAMAGED for a snapshot of a later version, which may be intact in a way unknown to this one
 */
export function isIntact(path: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return false;
  }
  try {
    return hasChecksum(fd, path);
  } finally {
    closeSync(fd);
  }
}

/** A checksum line has about 100 bytes. */
const LAST_LINE = 256;

function hasChecksum(fd: number, path: string): boolean {
  const { size } = fstatSync(fd);
  const tail = Buffer.alloc(Math.min(size, LAST_LINE));
  readSync(fd, tail, 0, tail.length, size - tail.length);
  refuseLater(fd, path);
  const start = tail.lastIndexOf(0x0a, tail.length - 2) + 1;
  if (tail.at(-1) !== 0x0a || start === 0) return false;
  const sum = /"sha256":"([0-9a-f]{64})"/.exec(tail.subarray(start).toString('latin1'))?.[1];
  return sum === hashOf(fd, size - tail.length + start).digest('hex');
}

function hashOf(fd: number, size: number): Hash {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  for (let at = 0; at < size; ) {
    const read = readSync(fd, chunk, 0, Math.min(chunk.length, size - at), at);
    if (read === 0) break;
    hash.update(chunk.subarray(0, read));
    at += read;
  }
  return hash;
}

function refuseLater(fd: number, path: string): void {
  const damage = damageOf(path);
  const start = Buffer.alloc(LAST_LINE);
  const length = readSync(fd, start, 0, start.length, 0);
  const end = start.subarray(0, length).indexOf(0x0a);
  const header =
    end < 0 ? null : headerIn({ bytes: start.subarray(0, end), number: 1, whole: true, start: 0 });
  if (header?.format !== FORMAT || !(Number(header.version) > VERSION)) return;
  throw damage(
    1,
    `has format version ${Number(header.version)}; this version of Stunt Double reads version ${VERSION}`,
  );
}

function headerIn(line: Line): Readonly<Record<string, unknown>> | null {
  try {
    return parseLine(line, () => new Error('damaged'));
  } catch {
    return null;
  }
}

function damageOf(path: string): (number: number, what: string) => CodedError {
  return (number, what) =>
    new CodedError(
      'DATA_DAMAGED',
      `${path}:${number} ${what}`,
      'Start the version of Stunt Double that wrote it, or move the folder away to start with an empty one.',
    );
}
