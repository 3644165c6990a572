import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account, TaskId } from '../../core/types.ts';
import { excerpt } from '../../journal/excerpt.ts';
import type { Journal } from '../../journal/journal.ts';
import type { RequestAnswered } from '../../journal/journal-entry.ts';
import type { Answer } from '../../packs/error-answers.ts';
import type { Pack } from '../../packs/pack.ts';
import { openDownloadLog } from '../media/download-log.ts';
import type { MediaFile } from '../media/media-library.ts';
import { servingFor } from '../media/serving.ts';
import { SAFE_HEADERS } from '../safe-headers.ts';
import type { Match } from './router.ts';

/** A request that is being handled, with the facts that its journal entry needs. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Null when the vendor is unknown. */
  readonly pack: Pack | null;
  /** Null when the request does not match any operation. */
  readonly match: Match | null;
  readonly route: RequestAnswered['route'];
  /** The operation that was probably meant; null when the request matches one or nothing is similar. */
  readonly meant: string | null;
  readonly account: Account | null;
  /** What the call did, if that is not what its operation usually does. */
  readonly does?: RequestAnswered['does'];
  readonly startedAt: number;
  bodyText: string;
}

/** An answer as it was sent; the status is null when the connection was closed without an answer. */
type Given = Omit<Answer, 'status'> & { readonly status: number | null };

/** Sends answers and records them in the journal. */
export interface VendorAnswers {
  /**
   * Sends a complete answer.
   * @param state state of the task in the answer to a poll
   */
  send(call: Call, answer: Answer, taskId: TaskId | null, state?: string | null): void;
  /** Sends a file of a task as an answer, and records its download in addition. */
  sendFile(call: Call, answer: Answer, taskId: TaskId, served: ServedFile): void;
  /** Sends the first half of an answer, then closes the connection. */
  sendHalf(call: Call, answer: Answer, taskId: TaskId): void;
  /** Closes the connection without an answer. */
  breakOff(call: Call, taskId: TaskId): void;
}

/** A file, and the name under which the media host serves it. */
export interface ServedFile {
  readonly file: MediaFile;
  readonly name: string;
  readonly state: string;
}

export function createVendorAnswers(journal: Journal): VendorAnswers {
  function sendEmpty(call: Call, answer: Answer, taskId: TaskId | null): void {
    const { status, headers = {} } = answer;
    const length = status === 204 ? {} : { 'content-length': 0 };
    call.response.writeHead(status, { ...SAFE_HEADERS, ...headers, ...length }).end();
    record(call, answer, taskId, null);
  }

  function record(call: Call, answer: Given, taskId: TaskId | null, state: string | null): void {
    const { request, match } = call;
    journal.append({
      type: 'request.answered',
      route: call.route,
      pack: call.pack?.name ?? null,
      operation: match?.operation.id ?? null,
      does: call.does ?? match?.operation.type ?? null,
      meant: call.meant,
      account: call.account,
      taskId,
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      // The full body of a rejected request is needed neither to resume after a restart nor to judge a task.
      requestBody: taskId === null ? excerpt(call.bodyText, journal.secrets.maskBody) : call.bodyText,
      status: answer.status,
      answer: answer.body,
      error: answer.error ?? null,
      state,
      retryAfter: answer.headers?.['retry-after'] ?? null,
      durationMs: Math.round((performance.now() - call.startedAt) * 1000) / 1000,
    });
  }

  return {
    send(call, answer, taskId, state = null) {
      // The client has disconnected, so nothing can be sent.
      if (call.response.destroyed) return record(call, { status: null, body: '' }, taskId, null);
      if (answer.body === '') return sendEmpty(call, answer, taskId);
      const type = answer.body.startsWith('<')
        ? 'text/html; charset=utf-8'
        : 'application/json; charset=utf-8';
      const length = Buffer.byteLength(answer.body);
      const headers = { 'content-type': type, 'content-length': length, ...SAFE_HEADERS };
      call.response.writeHead(
        answer.status,
        answer.headers === undefined ? headers : { ...headers, ...answer.headers },
      );
      call.response.end(answer.body);
      record(call, answer, taskId, state);
    },
    sendFile(call, answer, taskId, { file, name, state }) {
      const { request, response } = call;
      const log = openDownloadLog(journal, { request, response, taskId, name });
      const serving = servingFor(request, file);
      log.expect(serving);
      const status = serving.status === 200 ? answer.status : serving.status;
      response.writeHead(status, { ...SAFE_HEADERS, ...serving.headers, ...answer.headers });
      response.end(serving.bytes, () => log.sent(serving.bytes.length));
      record(call, { ...answer, status }, taskId, state);
    },
    sendHalf(call, answer, taskId) {
      record(call, { status: answer.status, body: writeHalf(call, answer) }, taskId, null);
    },
    breakOff(call, taskId) {
      call.response.destroy();
      record(call, { status: null, body: '' }, taskId, null);
    },
  };
}

/** Sends the first half of an answer and closes the connection. @returns what was sent */
function writeHalf({ response }: Call, { status, body }: Answer): string {
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
    ...SAFE_HEADERS,
  });
  const half = bytes.subarray(0, bytes.length >> 1);
  response.write(half, () => response.destroy());
  return half.toString('utf8');
}
