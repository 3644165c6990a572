import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodePercent } from '../../core/path-template.ts';
import type { MediaFault } from '../../core/types.ts';
import type { Clock } from '../../delivery/clock.ts';
import type { Commands } from '../../engine/commands.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Upload } from '../../engine/upload-fold.ts';
import type { Journal } from '../../journal/journal.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { TaskStore } from '../../journal/task-store.ts';
import type { Pack } from '../../packs/pack.ts';
import type { KeyPlace } from '../../packs/vendor-rules.ts';
import { answerDefect } from '../answer-defect.ts';
import type { Cors } from '../cors.ts';
import { type DownloadLog, openDownloadLog } from './download-log.ts';
import { findMedia } from './find-media.ts';
import type { MediaFile, MediaLibrary } from './media-library.ts';
import { sendBytes, sendText } from './send-media.ts';
import { type Serving, servingFor } from './serving.ts';
import { uploadedFile } from './uploaded-file.ts';

export interface MediaRoutesOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly engine: Pick<Engine, 'tasks' | 'uploads'>;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly library: MediaLibrary;
  readonly cors: Pick<Cors, 'apply'>;
}

/** The host of media, which `video_url` and `image_url` point to. Every download is in the journal. */
export interface MediaRoutes {
  /** Serves `/__media/<task>/<file>`. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** Number of downloads of each file that `media.503` refuses. */
const REFUSED_DOWNLOADS = 2;

export function createMediaRoutes(options: MediaRoutesOptions): MediaRoutes {
  const { packs, engine, commands, clock, journal, library, cors } = options;
  const { tasks } = engine;

  function handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, , encoded = '', name = ''] = path.split('/');
    const id = decodePercent(encoded);
    cors.apply(request, response);
    const task = tasks.get(id);
    const taskId = task?.plan.taskId ?? null;
    const keyPlaces = keyPlacesOf(packs, task);
    const log = openDownloadLog(journal, { request, response, taskId, name, keyPlaces });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, log, 405, 'Only GET and HEAD are supported.', { allow: 'GET, HEAD' });
    }
    const upload = task === undefined ? engine.uploads.get(id) : undefined;
    if (upload?.name === decodePercent(name)) return serveUpload(upload, request, response, log);
    serveFileOf(task, request, response, log);
  }

  function serveFileOf(
    task: TaskRecord | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    log: DownloadLog,
  ): void {
    const pack = packs.get(task?.plan.pack ?? '');
    const found = findMedia(task, pack, log.name, clock.now());
    if (found.type === 'refused') return sendText(response, log, found.status, found.because);
    if (task !== undefined) serveCounted(request, response, log, task, library.open(found.kind.file));
  }

  function serveUpload(
    upload: Upload,
    request: IncomingMessage,
    response: ServerResponse,
    log: DownloadLog,
  ): void {
    const found = uploadedFile(upload, engine, library, clock.now());
    if (found.type === 'refused') return sendText(response, log, found.status, found.because);
    serveWhole(request, response, log, servingFor(request, found.file), null);
  }

  /** With several replicas, a download whose fault depends on the number of earlier ones is counted by all of them. */
  function serveCounted(
    request: IncomingMessage,
    response: ServerResponse,
    log: DownloadLog,
    task: TaskRecord,
    file: MediaFile,
  ): void {
    const { taskId, scenario } = task.plan;
    const fault = scenario.media;
    const isCounted = request.method === 'GET' && (fault === '503' || fault === 'truncated');
    if (!commands.isShared || !isCounted) {
      return serve(request, response, log, { fault, earlier: task.downloads.get(log.name) ?? 0, file });
    }
    Promise.resolve(commands.run({ type: 'download', taskId, name: log.name }))
      .then((earlier) => serve(request, response, log, { fault, earlier, file }))
      .catch((error: unknown) => answerDefect(response, error));
  }

  return { handle: commands.isShared ? handleWhenCurrent(handle, tasks, commands) : handle };
}

function keyPlacesOf(packs: MediaRoutesOptions['packs'], task: TaskRecord | undefined): readonly KeyPlace[] {
  return packs.get(task?.plan.pack ?? '')?.auth.places ?? [];
}

/** Answers from the state of this replica, after the changes of the others if it does not have the task. */
function handleWhenCurrent(
  handle: MediaRoutes['handle'],
  tasks: Pick<TaskStore, 'get'>,
  commands: Commands,
): MediaRoutes['handle'] {
  return (request, response, path) => {
    const id = decodePercent(path.split('/')[2] ?? '');
    const ready = tasks.get(id) === undefined ? commands.caughtUp() : commands.current();
    if (ready === null) return handle(request, response, path);
    ready
      .then(() => handle(request, response, path))
      .catch((error: unknown) => answerDefect(response, error));
  };
}

/** A file, and what is needed to decide how it is served. */
interface Faulty {
  readonly fault: MediaFault | null;
  /** The number of earlier downloads. */
  readonly earlier: number;
  readonly file: MediaFile;
}

/** Serves a file that exists, with the fault of its task if there is one. */
function serve(
  request: IncomingMessage,
  response: ServerResponse,
  log: DownloadLog,
  { fault, earlier, file }: Faulty,
): void {
  if (fault === 'hang') return;
  if (fault === '503' && request.method === 'GET' && earlier < REFUSED_DOWNLOADS) {
    return sendText(response, log, 503, 'Media is temporarily unavailable.', { 'retry-after': 1 });
  }
  const ownFault = fault === 'truncated' && earlier > 0 ? null : fault;
  serveWhole(request, response, log, servingFor(request, file), ownFault);
}

function serveWhole(
  request: IncomingMessage,
  response: ServerResponse,
  log: DownloadLog,
  serving: Serving,
  fault: MediaFault | null,
): void {
  log.expect(serving);
  response.writeHead(serving.status, serving.headers);
  if (request.method === 'HEAD' || serving.status === 304) {
    response.end();
    return;
  }
  sendBytes(response, log, serving.bytes, fault);
}
