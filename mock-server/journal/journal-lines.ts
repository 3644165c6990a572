import { isUtf8 } from 'node:buffer';
import { readSync } from 'node:fs';
import { CodedError } from '../core/coded-error.ts';

/** One line of a file, without its line ending. */
export interface Line {
  readonly bytes: Buffer;
  /** The line number, from 1. */
  readonly number: number;
  /** Whether the line ends with a newline; only the last line can lack it. */
  readonly whole: boolean;
  /** The offset of the line in the file. */
  readonly start: number;
}

const READ_SIZE = 1024 * 1024;
const NEWLINE = 10;
/** JavaScript strings are limited to about 512 MB; a mock does not write lines of this length. */
const LONGEST_LINE = 256 * 1024 * 1024;

/** The file name of the journal. */
export const JOURNAL_FILE = 'journal.jsonl';

/** Creates the error for a damaged line. */
export type Damage = (number: number, what: string) => Error;

export function damageIn(path: string): Damage {
  return (number, what) =>
    new CodedError(
      'DATA_DAMAGED',
      `${path}:${number} ${what}`,
      'Restore the file from a backup, or move the folder away to start with an empty one.',
    );
}

/**
 * Yields the lines of an open file, read in chunks. @throws the error that `damage` creates, for a line that is too
 * long
 */
export function* linesOf(fd: number, damage: Damage): Generator<Line> {
  const chunk = Buffer.allocUnsafe(READ_SIZE);
  let pieces: Buffer[] = [];
  let length = 0;
  let position = 0;
  let start = 0;
  let number = 1;
  for (;;) {
    const size = readSync(fd, chunk, 0, READ_SIZE, position);
    if (size === 0) break;
    let from = 0;
    for (let end = lineEnd(chunk, from, size); end >= 0; end = lineEnd(chunk, from, size)) {
      const last = chunk.subarray(from, end);
      yield {
        bytes: pieces.length === 0 ? last : Buffer.concat([...pieces, last]),
        number,
        whole: true,
        start,
      };
      pieces = [];
      length = 0;
      number += 1;
      from = end + 1;
      start = position + from;
    }
    position += size;
    if (from === size) continue;
    // Copied, because the next chunk is read into the same buffer.
    pieces.push(Buffer.from(chunk.subarray(from, size)));
    length += size - from;
    if (length > LONGEST_LINE) throw damage(number, `is longer than ${LONGEST_LINE} bytes`);
  }
  if (length > 0) yield { bytes: Buffer.concat(pieces), number, whole: false, start };
}

function lineEnd(chunk: Buffer, from: number, size: number): number {
  const end = chunk.indexOf(NEWLINE, from);
  return end < size ? end : -1;
}

/** Parses a line. @throws the error that `damage` creates, for a line that is not UTF-8, not JSON or not an object */
export function parseLine(line: Line, damage: Damage): Readonly<Record<string, unknown>> {
  if (!isUtf8(line.bytes)) throw damage(line.number, 'is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(line.bytes.toString('utf8'));
  } catch {
    throw damage(line.number, 'is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw damage(line.number, 'is not a JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

const FORMAT = 'stuntdouble-journal';
const VERSION = 2;
/** A file that continues after a snapshot. Earlier versions of Stunt Double would start it from an empty state. */
const CONTINUED_VERSION = 3;

/** The first line of the file. Files of version 1 do not have it. */
export const HEADER = `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`;

/** The first line of a file with the entries after this number; null for a file with all entries. */
export function headerAfter(after: number | null): string {
  if (after === null) return HEADER;
  return `${JSON.stringify({ format: FORMAT, version: CONTINUED_VERSION, after })}\n`;
}

export interface Header {
  /** The number of the entry that the file continues after; null when it starts from an empty state. */
  readonly after: number | null;
}

/** Returns a header, null when the value is not one, or the reason when it is an unsupported one. */
export function readHeader(value: Readonly<Record<string, unknown>>): Header | null | string {
  if (!('format' in value)) return null;
  const { format, version, after } = value;
  if (format !== FORMAT) return `has the unknown format ${JSON.stringify(format).slice(0, 50)}`;
  if (version === VERSION) return { after: null };
  if (version !== CONTINUED_VERSION) {
    return `has format version ${JSON.stringify(version)?.slice(0, 50)}; this version of Stunt Double reads versions 1 to ${CONTINUED_VERSION}`;
  }
  return Number.isSafeInteger(after)
    ? { after: Number(after) }
    : 'does not name the entry that it continues after';
}

/** A placeholder for entries that were removed from the file. */
export interface Removed {
  readonly removed: { readonly from: number; readonly to: number };
}

export function removedLine(from: number, to: number): string {
  return `${JSON.stringify({ removed: { from, to } } satisfies Removed)}\n`;
}
