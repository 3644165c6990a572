import type { IncomingMessage, ServerResponse } from 'node:http';
import parseRange from 'range-parser';
import type { MediaFault, TaskId } from '../core/types.ts';
import { viewTask } from '../core/view.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Journal } from '../journal/journal.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { MediaKind, Pack } from '../packs/pack.ts';
import { isYielded, mediaFileName } from '../packs/task-language.ts';
import type { MediaFile, MediaLibrary } from './media-library.ts';

export interface MediaRoutesOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly library: MediaLibrary;
}

/** The host of media, which `video_url` and `image_url` point to. Every download is in the journal. */
export interface MediaRoutes {
  /** Serves `/__media/<task>/<file>`. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** The answer to a download. */
interface Serving {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly bytes: Buffer;
  /** Offset of `bytes` in the file, and size of the file. */
  readonly start: number;
  readonly fileSize: number;
  /** Whether `bytes` is the whole file. */
  readonly whole: boolean;
}

/** Duration of `media.dribble` for a file, wall time, and the number of its pieces. */
const DRIBBLE_MS = 60_000;
const DRIBBLE_PIECES = 60;
/** Number of downloads of each file that `media.503` refuses. */
const REFUSED_DOWNLOADS = 2;
const NO_BYTES = Buffer.alloc(0);

export function createMediaRoutes({
  packs,
  tasks,
  clock,
  journal,
  library,
}: MediaRoutesOptions): MediaRoutes {
  function handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, , id = '', name = ''] = path.split('/');
    // Pages of other origins may read media, as they may read the vendors' answers.
    if (request.headers.origin !== undefined) response.setHeader('access-control-allow-origin', '*');
    const log = openLog(request, response, id, name);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, log, 405, 'Only GET and HEAD are supported.', { allow: 'GET, HEAD' });
    }
    const task = tasks.get(id);
    const kind = task === undefined ? undefined : mediaKindOf(task, name);
    if (task === undefined || kind === undefined) {
      return sendText(response, log, 404, 'This file was not produced by any task.');
    }
    const view = viewTask(task.plan, clock.now());
    if (view.outcome?.type !== 'success')
      return sendText(response, log, 404, 'The task has not produced this file yet.');
    if (view.expired) return sendText(response, log, 410, 'The media of this task have expired.');
    serve(request, response, log, task, library.open(kind.file));
  }

  function mediaKindOf({ plan }: TaskRecord, name: string): MediaKind | undefined {
    const kinds = packs.get(plan.pack)?.media.values() ?? [];
    return [...kinds].find((kind) => mediaFileName(kind) === name && isYielded(kind, plan));
  }

  function serve(
    request: IncomingMessage,
    response: ServerResponse,
    log: Log,
    task: TaskRecord,
    file: MediaFile,
  ): void {
    const fault = task.plan.scenario.media;
    const earlier = task.downloads.get(log.name) ?? 0;
    if (fault === 'hang') return;
    if (fault === '503' && request.method === 'GET' && earlier < REFUSED_DOWNLOADS) {
      return sendText(response, log, 503, 'Media are temporarily unavailable.', { 'retry-after': 1 });
    }
    const serving = answerFor(request, file);
    log.expect(serving);
    response.writeHead(serving.status, serving.headers);
    if (request.method === 'HEAD' || serving.status === 304) {
      response.end();
      return;
    }
    sendBytes(response, log, serving.bytes, fault === 'truncated' && earlier > 0 ? null : fault);
  }

  /** Records a download in the journal when its connection closes, even if it was interrupted. */
  function openLog(request: IncomingMessage, response: ServerResponse, id: string, name: string): Log {
    const startedAt = performance.now();
    const task = tasks.get(id);
    let expected: Serving | null = null;
    let sent = 0;
    response.on('close', () => {
      const total = expected?.bytes.length ?? 0;
      const completed = response.writableFinished && sent >= total && request.method === 'GET';
      journal.append({
        type: 'media.served',
        taskId: task?.plan.taskId ?? (null as TaskId | null),
        name,
        method: request.method ?? '',
        range: request.headers.range ?? null,
        hasKey: request.headers.authorization !== undefined,
        status: response.headersSent ? response.statusCode : null,
        bytesSent: sent,
        bytesTotal: total,
        start: expected?.start ?? 0,
        fileSize: expected?.fileSize ?? 0,
        completed: completed && expected !== null && total > 0,
        whole: completed && expected?.whole === true,
        durationMs: Math.round(performance.now() - startedAt),
      });
    });
    return {
      name,
      expect(serving) {
        expected = serving;
      },
      sent(bytes) {
        sent += bytes;
      },
    };
  }

  return { handle };
}

interface Log {
  readonly name: string;
  expect(serving: Serving): void;
  sent(bytes: number): void;
}

function answerFor(request: IncomingMessage, file: MediaFile): Serving {
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

function sendBytes(response: ServerResponse, log: Log, bytes: Buffer, fault: MediaFault | null): void {
  if (fault === 'dribble') return dribble(response, log, bytes);
  if (fault === 'truncated') {
    const half = bytes.subarray(0, bytes.length >> 1);
    response.write(half, () => response.destroy());
    log.sent(half.length);
    return;
  }
  response.end(bytes, () => log.sent(bytes.length));
}

function dribble(response: ServerResponse, log: Log, bytes: Buffer): void {
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

function sendText(
  response: ServerResponse,
  log: Log,
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
