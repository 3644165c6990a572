import { damageIn, type Line, linesOf, parseLine, readHeader } from './journal-lines.ts';
import type { OpenRecord } from './open-record.ts';
import { createRecordCheck } from './record-schema.ts';

/** Takes over an entry of an earlier run. @returns why it cannot follow those before it; null when it can */
export type UseRecord = (record: OpenRecord) => string | null;

export interface EntriesRead {
  readonly hasHeader: boolean;
  /** Of the file up to the end of its last whole line. */
  readonly size: number;
  /** Bytes of a last line that was cut off. */
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
    if (!isSpan || from !== (last ?? 0) + 1) throw damage(number, 'does not say which entries were removed');
    return Number(to);
  }

  function takeRecord(value: Readonly<Record<string, unknown>>, number: number): number {
    const lacking = check(value);
    if (lacking !== null) throw damage(number, lacking);
    const record = value as unknown as OpenRecord;
    if (last !== null && record.seq !== last + 1) {
      throw damage(number, `has the number ${record.seq}, although ${last + 1} comes next`);
    }
    const misfit = use(record);
    if (misfit !== null) throw damage(number, misfit);
    return record.seq;
  }

  for (const line of linesOf(fd, damage)) {
    if (!line.whole) {
      if (!isCutOff(line)) throw damage(line.number, 'is not JSON and has no end');
      return { hasHeader, size: line.start, repairedBytes: line.bytes.length };
    }
    takeLine(line);
    size = line.start + line.bytes.length + 1;
  }
  return { hasHeader, size, repairedBytes: 0 };
}

/** Either the beginning of a line of ours, or space that a file system had set aside for one. */
function isCutOff({ bytes }: Line): boolean {
  return bytes[0] === 0x7b || bytes.every((byte) => byte === 0);
}
