import { damageIn, type Line, linesOf, parseLine, readHeader } from './journal-lines.ts';
import { createRecordCheck } from './record-schema.ts';
import type { OpenRecord } from './unpack-record.ts';

/** Applies an entry of a previous run. @returns why it cannot follow the earlier entries; null when it can */
export type UseRecord = (record: OpenRecord) => string | null;

export interface EntriesRead {
  readonly hasHeader: boolean;
  /** The size of the file up to the end of its last complete line. */
  readonly size: number;
  /** The size of a truncated last line. */
  readonly repairedBytes: number;
}

/** Reads a journal, oldest entry first. @throws {CodedError} DATA_DAMAGED with the file and the line */
export function readEntries(fd: number, dir: string, use: UseRecord): EntriesRead {
  const damage = damageIn(dir);
  const check = createRecordCheck();
  let hasHeader = false;
  let size = 0;
  let last: number | null = null;

  function takeLine(line: Line): void {
    const value = parseLine(line, damage);
    const header = line.number === 1 ? readHeader(value) : false;
    if (typeof header === 'string') throw damage(line.number, header);
    if (header) hasHeader = true;
    else if ('removed' in value) last = skip(value.removed, line.number);
    else last = takeRecord(value, line.number);
  }

  function skip(removed: unknown, number: number): number {
    const { from, to } = (removed ?? {}) as { readonly from?: unknown; readonly to?: unknown };
    const isSpan = Number.isSafeInteger(from) && Number.isSafeInteger(to) && Number(from) <= Number(to);
    if (!isSpan || from !== (last ?? 0) + 1)
      throw damage(number, 'does not name the range of removed entries');
    return Number(to);
  }

  function takeRecord(value: Readonly<Record<string, unknown>>, number: number): number {
    const defect = check(value);
    if (defect !== null) throw damage(number, defect);
    const record = value as unknown as OpenRecord;
    if (last !== null && record.seq !== last + 1) {
      throw damage(number, `has seq ${record.seq} instead of ${last + 1}`);
    }
    const inconsistency = use(record);
    if (inconsistency !== null) throw damage(number, inconsistency);
    return record.seq;
  }

  for (const line of linesOf(fd, damage)) {
    if (!line.whole) {
      if (!isTruncated(line)) throw damage(line.number, 'is not JSON and is incomplete');
      return { hasHeader, size: line.start, repairedBytes: line.bytes.length };
    }
    takeLine(line);
    size = line.start + line.bytes.length + 1;
  }
  return { hasHeader, size, repairedBytes: 0 };
}

/** Returns whether a line is the start of an entry, or null bytes that the file system had allocated for one. */
function isTruncated({ bytes }: Line): boolean {
  return bytes[0] === 0x7b || bytes.every((byte) => byte === 0);
}
