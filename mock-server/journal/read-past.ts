import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { SavedPart } from './fold.ts';
import { dropLeftovers, findChain } from './journal-chain.ts';
import type { Stamp } from './journal-entry.ts';
import { type EntriesRead, readEntries, type UseEntry } from './read-entries.ts';
import { readSnapshot, snapshotPath } from './snapshot-file.ts';

/** Receives what previous runs have left, oldest first. */
export interface UsePast {
  /** Receives each part of the snapshot that the entries continue after. */
  readonly part: (part: SavedPart) => void;
  /** Called after the parts. @param stamp that of the entry that the snapshot follows */
  readonly snapshot: (stamp: Stamp) => void;
  readonly entry: UseEntry;
}

export interface PastRead {
  /** Null when no snapshot was read. */
  readonly stamp: Stamp | null;
  readonly snapshotBytes: number;
  /** The size of the entries after the snapshot. */
  readonly entryBytes: number;
  /** The open file. */
  readonly open: EntriesRead;
  /** Snapshots that are damaged, so that earlier data was read instead. */
  readonly damaged: readonly string[];
}

/**
 * Reads the newest intact snapshot and the entries after it.
 * @param path the open file of the journal
 * @throws {CodedError} DATA_DAMAGED with the file and the line
 */
export function readPast(dir: string, path: string, use: UsePast): PastRead {
  const chain = findChain(dir, path);
  let stamp: Stamp | null = null;
  let snapshotBytes = 0;
  if (chain.snapshot !== null) {
    const snapshot = snapshotPath(dir, chain.snapshot);
    stamp = readSnapshot(snapshot, use.part);
    snapshotBytes = statSync(snapshot).size;
    use.snapshot(stamp);
  }
  let entryBytes = 0;
  let read: EntriesRead = { hasHeader: true, size: 0, repairedBytes: 0, last: chain.snapshot };
  for (const file of chain.files) {
    read = readFile(file.path, read.last, file.path === path, use.entry);
    entryBytes += read.size;
  }
  dropLeftovers(dir, path, chain);
  return { stamp, snapshotBytes, entryBytes, open: read, damaged: chain.damaged };
}

function readFile(path: string, last: number | null, isOpen: boolean, use: UseEntry): EntriesRead {
  const fd = openSync(path, 'r');
  try {
    // A folder that was copied while the mock ran may have an empty file.
    if (fstatSync(fd).size === 0) return { hasHeader: false, size: 0, repairedBytes: 0, last };
    return readEntries({ fd, path, last, mayBeTruncated: isOpen }, use);
  } finally {
    closeSync(fd);
  }
}
