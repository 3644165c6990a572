import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import { damageIn, linesOf, parseLine, readHeader } from './journal-lines.ts';
import { isIntact, seqOfSnapshot, snapshotPath } from './snapshot-file.ts';

/** A file of the journal. The entries of several files follow each other. */
export interface ChainFile {
  readonly path: string;
  /** The number of the entry that it continues after; null when it starts from an empty state. */
  readonly after: number | null;
}

/** What to read to restore the state. */
export interface Chain {
  /** The number of the entry that the snapshot to start from follows; null to start from an empty state. */
  readonly snapshot: number | null;
  /** The files to read after it, oldest first. The last one is the open file. */
  readonly files: readonly ChainFile[];
  /** Newer snapshots that are damaged, so that an earlier one, or the journal alone, is read instead. */
  readonly damaged: readonly string[];
}

/** The path of the entries up to this number, after the open file was replaced. */
export function closedPath(path: string, seq: number): string {
  return `${path}.${seq}`;
}

/** The numbers of the last entries of the closed files, oldest first. */
export function closedSeqs(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return numbersIn(dirname(path), (name) =>
    name.startsWith(prefix) && /^\d{1,15}$/.test(name.slice(prefix.length))
      ? Number(name.slice(prefix.length))
      : null,
  );
}

/** The numbers of the snapshots of a folder, oldest first. */
export function snapshotSeqs(dir: string): number[] {
  return numbersIn(dir, seqOfSnapshot);
}

function numbersIn(dir: string, read: (name: string) => number | null): number[] {
  const numbers = readdirSync(dir).flatMap((name) => read(name) ?? []);
  return numbers.sort((a, b) => a - b);
}

/**
 * Decides what to read: the newest intact snapshot and the entries after it, or all entries. Files from before a reset
 * are left out.
 * @param dir the data folder, with the snapshots
 * @param path the open file of the journal, after links are resolved
 * @throws {CodedError} DATA_DAMAGED when entries are missing, or a snapshot is of a later version
 */
export function findChain(dir: string, path: string): Chain {
  const all = [...closedSeqs(path).map((seq) => closedPath(path, seq)), path].map((one) => ({
    path: one,
    after: afterOf(one),
  }));
  const base = all.findLastIndex(({ after }) => after === null);
  const files = all.slice(Math.max(0, base));
  const damaged: string[] = [];
  for (let index = files.length - 1; index >= 0; index--) {
    const after = files[index]?.after ?? null;
    if (after === null) return { snapshot: null, files, damaged };
    const snapshot = snapshotPath(dir, after);
    if (isIntact(snapshot)) return { snapshot: after, files: files.slice(index), damaged };
    if (existsSync(snapshot)) damaged.push(snapshot);
  }
  throw incomplete(path, files[0]?.after ?? 0, damaged);
}

function incomplete(path: string, after: number, damaged: readonly string[]): CodedError {
  const what = damaged.length === 0 ? 'is missing' : `is damaged (${damaged.join(', ')})`;
  return new CodedError(
    'DATA_DAMAGED',
    `${path} continues after entry ${after}, whose snapshot ${what}`,
    'Restore the folder from a backup, or move it away to start with an empty one.',
  );
}

/** Reads the first line; a damaged one is reported later, when the file is read. */
function afterOf(path: string): number | null {
  const fd = openSync(path, 'r');
  const damage = damageIn(path);
  try {
    for (const line of linesOf(fd, damage)) {
      const header = readHeader(parseLine(line, damage));
      return header === null || typeof header === 'string' ? null : header.after;
    }
    return null;
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/**
 * Removes the files that are not needed anymore, the oldest first, so that an interruption leaves a valid chain.
 * @param kept the numbers of the snapshots to keep; the entries after the oldest of them stay, and all without one
 */
export async function dropBefore(dir: string, path: string, kept: readonly number[]): Promise<void> {
  const oldest = Math.min(...kept);
  for (const seq of closedSeqs(path))
    if (seq <= oldest && kept.length > 0) await rm(closedPath(path, seq), { force: true });
  for (const seq of snapshotSeqs(dir))
    if (!kept.includes(seq)) await rm(snapshotPath(dir, seq), { force: true });
}

/** Removes all snapshots and closed files, after the open file has started from an empty state. */
export function dropEarlier(dir: string, path: string): void {
  for (const seq of snapshotSeqs(dir)) rmSync(snapshotPath(dir, seq), { force: true });
  for (const seq of closedSeqs(path)) rmSync(closedPath(path, seq), { force: true });
}

/** Removes what an interrupted run has left: unfinished snapshots, and files from before a reset. */
export function dropLeftovers(dir: string, path: string, { files }: Pick<Chain, 'files'>): void {
  for (const name of readdirSync(dir)) {
    if (name.endsWith('.new') && seqOfSnapshot(name.slice(0, -'.new'.length)) !== null) {
      rmSync(join(dir, name), { force: true });
    }
  }
  if (files[0]?.after !== null) return;
  const inUse = new Set(files.map((file) => file.path));
  const afters = new Set(files.map((file) => file.after));
  for (const seq of closedSeqs(path)) {
    if (!inUse.has(closedPath(path, seq))) rmSync(closedPath(path, seq), { force: true });
  }
  for (const seq of snapshotSeqs(dir)) if (!afters.has(seq)) rmSync(snapshotPath(dir, seq), { force: true });
}
