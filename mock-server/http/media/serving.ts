import type { IncomingMessage } from 'node:http';
import parseRange from 'range-parser';
import type { MediaFile } from './media-library.ts';

/** The answer to a download. */
export interface Serving {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly bytes: Buffer;
  /** Offset of `bytes` in the file, and size of the file. */
  readonly start: number;
  readonly fileSize: number;
  /** Whether `bytes` is the whole file. */
  readonly whole: boolean;
}

export const NO_BYTES = Buffer.alloc(0);

/** Chooses the bytes of a file that a request asks for: all, a range, or none if the client has the file already. */
export function servingFor(request: IncomingMessage, file: MediaFile): Serving {
  const { bytes, etag, contentType } = file;
  const headers = {
    'content-type': contentType,
    etag,
    'accept-ranges': 'bytes',
  };
  const fileSize = bytes.length;
  if (request.headers['if-none-match'] === etag) {
    return { status: 304, headers, bytes: NO_BYTES, start: 0, fileSize, whole: false };
  }
  const range = rangeOf(request, file);
  if (range === 'whole') {
    const whole = { ...headers, 'content-length': fileSize };
    return { status: 200, headers: whole, bytes, start: 0, fileSize, whole: true };
  }
  if (range === 'unsatisfiable') {
    const refusal = { ...headers, 'content-range': `bytes */${fileSize}`, 'content-length': 0 };
    return { status: 416, headers: refusal, bytes: NO_BYTES, start: 0, fileSize, whole: false };
  }
  const part = bytes.subarray(range.start, range.end + 1);
  const partHeaders = {
    ...headers,
    'content-length': part.length,
    'content-range': `bytes ${range.start}-${range.end}/${fileSize}`,
  };
  const { start } = range;
  return { status: 206, headers: partHeaders, bytes: part, start, fileSize, whole: part.length === fileSize };
}

function rangeOf(
  { headers }: IncomingMessage,
  { bytes, etag }: MediaFile,
): 'whole' | 'unsatisfiable' | { readonly start: number; readonly end: number } {
  const condition = headers['if-range'];
  if (headers.range === undefined || (condition !== undefined && condition !== etag)) return 'whole';
  const ranges = parseRange(bytes.length, headers.range);
  if (ranges === -1) return 'unsatisfiable';
  const [only, ...more] = ranges === -2 || ranges.type !== 'bytes' ? [] : ranges;
  // Several ranges may be answered with the whole file (RFC 9110, 14.2).
  return only === undefined || more.length > 0 ? 'whole' : only;
}
