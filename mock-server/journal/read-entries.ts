import { createEntryCheck } from './entry-schema.ts';
import { damageIn, type Line, linesOf, parseLine, readHeader } from './journal-lines.ts';
import type { OpenEntry } from './unpack-entry.ts';

/** Applies an entry of a previous run. @returns why it cannot follow the earlier entries; null when it can */
export type UseEntry = (entry: OpenEntry) => string | null;

export interface EntriesToRead {
  readonly fd: number;
  /** The path of the file, for errors. */
  readonly path: string;
  /** The number of the entry before the first one; null when the first may have any number. */
  readonly last: number | null;
  /** Whether the last line may be truncated: only the file that was written to may end within a line. */
  readonly mayBeTruncated: boolean;
}

export interface EntriesRead {
  readonly hasHeader: boolean;
  /** The size of the file up to the end of its last complete line. */
  readonly size: number;
  /** The size of a truncated last line. */
  readonly repairedBytes: number;
  /** The number of the last entry; that of the one before the file if it has none. */
  readonly last: number | null;
}

/** Reads a file of the journal, oldest entry first. @throws {CodedError} DATA_DAMAGED with the file and the line */
export function readEntries({ fd, path, last, mayBeTruncated }: EntriesToRead, use: UseEntry): EntriesRead {
  const damage = damageIn(path);
  const takeValue = createTaker(last, use);
  let hasHeader = false;
  let size = 0;

  function takeLine(line: Line): void {
    const value = parseLine(line, damage);
    const header = line.number === 1 ? readHeader(value) : null;
    const defect = typeof header === 'string' ? header : header === null ? takeValue(value) : null;
    if (defect !== null) throw damage(line.number, defect);
    if (header !== null) hasHeader = true;
  }

  for (const line of linesOf(fd, damage)) {
    if (!line.whole) {
      if (!mayBeTruncated || !isTruncated(line)) throw damage(line.number, 'is not JSON and is incomplete');
      return { hasHeader, size: line.start, repairedBytes: line.bytes.length, last: takeValue.last() };
    }
    takeLine(line);
    size = line.start + line.bytes.length + 1;
  }
  return { hasHeader, size, repairedBytes: 0, last: takeValue.last() };
}

/** Checks that the entries are complete, and passes them on. @returns a function that returns what is wrong */
function createTaker(before: number | null, use: UseEntry) {
  const check = createEntryCheck();
  let last = before;

  function skip(removed: unknown): string | null {
    const { from, to } = (removed ?? {}) as { readonly from?: unknown; readonly to?: unknown };
    const isSpan = Number.isSafeInteger(from) && Number.isSafeInteger(to) && Number(from) <= Number(to);
    if (!isSpan || from !== (last ?? 0) + 1) return 'does not name the range of removed entries';
    last = Number(to);
    return null;
  }

  function takeEntry(value: Readonly<Record<string, unknown>>): string | null {
    const defect = check(value);
    if (defect !== null) return defect;
    const entry = value as unknown as OpenEntry;
    if (last !== null && entry.seq !== last + 1) return `has seq ${entry.seq} instead of ${last + 1}`;
    const inconsistency = use(entry);
    if (inconsistency === null) last = entry.seq;
    return inconsistency;
  }

  const take = (value: Readonly<Record<string, unknown>>): string | null =>
    'removed' in value ? skip(value.removed) : takeEntry(value);
  return Object.assign(take, { last: () => last });
}

/** Returns whether a line is the start of an entry, or null bytes that the file system had allocated for one. */
function isTruncated({ bytes }: Line): boolean {
  return bytes[0] === 0x7b || bytes.every((byte) => byte === 0);
}
