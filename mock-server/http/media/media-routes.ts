import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MediaFault } from '../../core/types.ts';
import { viewTask } from '../../core/view.ts';
import type { Clock } from '../../delivery/clock.ts';
import type { Commands } from '../../engine/commands.ts';
import type { Journal } from '../../journal/journal.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import type { TaskStore } from '../../journal/task-store.ts';
import type { MediaKind, Pack } from '../../packs/pack.ts';
import { isYielded, mediaFileName } from '../../packs/task-language.ts';
import { answerDefect } from '../answer-defect.ts';
import { type DownloadLog, openDownloadLog } from './download-log.ts';
import type { MediaFile, MediaLibrary } from './media-library.ts';
import { sendBytes, sendText } from './send-media.ts';
import { servingFor } from './serving.ts';

export interface MediaRoutesOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly tasks: TaskStore;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly library: MediaLibrary;
}

/** The host of media, which `video_url` and `image_url` point to. Every download is in the journal. */
export interface MediaRoutes {
  /** Serves `/__media/<task>/<file>`. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): void;
}

/** Number of downloads of each file that `media.503` refuses. */
const REFUSED_DOWNLOADS = 2;

export function createMediaRoutes(options: MediaRoutesOptions): MediaRoutes {
  const { packs, tasks, commands, clock, journal, library } = options;

  /** Answers from the state of this replica, after the changes of the others if it does not have the task. */
  function handleShared(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, , id = ''] = path.split('/');
    const ready = tasks.get(id) === undefined ? commands.caughtUp() : commands.current();
    if (ready === null) return handle(request, response, path);
    ready
      .then(() => handle(request, response, path))
      .catch((error: unknown) => answerDefect(response, error));
  }

  function handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, , id = '', name = ''] = path.split('/');
    // Pages of other origins may read media, as they may read the vendors' answers.
    if (request.headers.origin !== undefined) response.setHeader('access-control-allow-origin', '*');
    const task = tasks.get(id);
    const taskId = task?.plan.taskId ?? null;
    const log = openDownloadLog(journal, { request, response, taskId, name });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendText(response, log, 405, 'Only GET and HEAD are supported.', { allow: 'GET, HEAD' });
    }
    const kind = task === undefined ? undefined : mediaKindOf(task, name);
    if (task === undefined || kind === undefined) {
      return sendText(response, log, 404, 'This file was not produced by any task.');
    }
    const view = viewTask(task.plan, clock.now());
    if (view.outcome?.type !== 'success')
      return sendText(response, log, 404, 'The task has not produced this file yet.');
    if (view.expired) return sendText(response, log, 410, 'The media of this task has expired.');
    serveCounted(request, response, log, task, library.open(kind.file));
  }

  function mediaKindOf({ plan }: TaskRecord, name: string): MediaKind | undefined {
    const kinds = packs.get(plan.pack)?.media.values() ?? [];
    return [...kinds].find((kind) => mediaFileName(kind) === name && isYielded(kind, plan));
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

  return { handle: commands.isShared ? handleShared : handle };
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
  const serving = servingFor(request, file);
  log.expect(serving);
  response.writeHead(serving.status, serving.headers);
  if (request.method === 'HEAD' || serving.status === 304) {
    response.end();
    return;
  }
  sendBytes(response, log, serving.bytes, fault === 'truncated' && earlier > 0 ? null : fault);
}
