import type { ServerResponse } from 'node:http';
import type { MediaFault } from '../../core/types.ts';
import type { DownloadLog } from './download-log.ts';
import { NO_BYTES } from './serving.ts';

/** Duration of `media.dribble` for a file, wall time, and the number of its pieces. */
const DRIBBLE_MS = 60_000;
const DRIBBLE_PIECES = 60;

/** Sends the bytes of a file after the headers, with a fault if there is one. */
export function sendBytes(
  response: ServerResponse,
  log: DownloadLog,
  bytes: Buffer,
  fault: MediaFault | null,
): void {
  if (fault === 'dribble') return dribble(response, log, bytes);
  if (fault === 'truncated') {
    const half = bytes.subarray(0, bytes.length >> 1);
    response.write(half, () => response.destroy());
    log.sent(half.length);
    return;
  }
  response.end(bytes, () => log.sent(bytes.length));
}

function dribble(response: ServerResponse, log: DownloadLog, bytes: Buffer): void {
  const size = Math.ceil(bytes.length / DRIBBLE_PIECES);
  let offset = 0;
  const drip = (): void => {
    const piece = bytes.subarray(offset, offset + size);
    offset += piece.length;
    log.sent(piece.length);
    response.write(piece);
    if (offset < bytes.length) return;
    clearInterval(timer);
    response.end();
  };
  const timer = setInterval(drip, DRIBBLE_MS / DRIBBLE_PIECES);
  response.on('close', () => clearInterval(timer));
  drip();
}

/** Answers without a file. */
export function sendText(
  response: ServerResponse,
  log: DownloadLog,
  status: number,
  text: string,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  const body = Buffer.from(`${text}\n`);
  log.expect({ status, headers, bytes: NO_BYTES, start: 0, fileSize: 0, whole: false });
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': body.length,
    ...headers,
  });
  response.end(body);
}
