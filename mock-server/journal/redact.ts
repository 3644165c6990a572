import type { Attempt } from '../core/types.ts';
import { excerpt, LONGEST_BODY, LONGEST_STRING, shortenStrings } from './excerpt.ts';
import type { JournalEvent, RequestAnswered, Stamp } from './journal-entry.ts';
import type { Secrets } from './secrets.ts';

type Plain = Exclude<JournalEvent, RequestAnswered>;

/**
 * Returns a request as a stamped entry with its secrets masked. Written out field by field, because this runs for
 * every poll.
 */
export function requestEntry(
  stamp: Stamp,
  request: RequestAnswered,
  secrets: Secrets,
): Stamp & RequestAnswered {
  const { authorization } = request.headers;
  if (typeof authorization === 'string') secrets.learnFrom(authorization);
  // Masked before the other fields, because keys are learned from these.
  const url = secrets.maskUrl(request.url);
  const headers = secrets.maskHeaders(request.headers);
  const requestBody = request.requestBody === '' ? '' : cleanBody(request.requestBody, secrets);
  return {
    seq: stamp.seq,
    at: stamp.at,
    wallAt: stamp.wallAt,
    type: request.type,
    route: request.route,
    pack: request.pack,
    operation: request.operation,
    does: request.does,
    meant: request.meant,
    account: request.account,
    taskId: request.taskId,
    method: request.method,
    url,
    headers,
    requestBody,
    status: request.status,
    answer:
      request.does === 'poll' ? cleanAnswer(request.answer, secrets) : cleanBody(request.answer, secrets),
    error: request.error,
    state: request.state,
    retryAfter: request.retryAfter,
    durationMs: request.durationMs,
  };
}

/** Poll responses are cached, because most repeat an earlier one. */
function cleanAnswer(text: string, secrets: Secrets): string {
  return text.length > LONGEST_STRING ? cleanBody(text, secrets) : secrets.maskAnswer(text);
}

/** Masks only the part of a long body that is kept. */
function cleanBody(text: string, secrets: Secrets): string {
  const short = shortenStrings(text, secrets.maskText);
  return short.length > LONGEST_BODY ? excerpt(short, secrets.maskBody) : secrets.maskBody(short);
}

type AttemptEnded = Extract<Plain, { readonly type: 'attempt.ended' }>;

/**
 * Returns any other event as a stamped entry with its secrets masked. Plans and callback URLs are needed unmasked in
 * memory; they are masked when they are shown or written to a file.
 *
 * The entries of each task and callback are written out field by field: spreading two objects into one takes several times as
 * long, and gives objects that are slower to read.
 */
export function recordEvent(stamp: Stamp, event: Plain, secrets: Secrets): Stamp & Plain {
  const { seq, at, wallAt } = stamp;
  switch (event.type) {
    case 'attempt.started': {
      const { type, taskId, deliveryId, event: name, n } = event;
      const url = secrets.maskUrl(event.url);
      const headers = secrets.maskHeaders(event.headers);
      const body = cleanBody(event.body, secrets);
      const entry = { seq, at, wallAt, type, taskId, deliveryId, event: name, n, url, headers, body };
      return event.kind === undefined ? entry : { ...entry, kind: event.kind };
    }
    case 'attempt.ended':
      return recordEnd(stamp, event, secrets);
    case 'delivery.settled': {
      const { type, taskId, deliveryId, event: name, status, attempts } = event;
      const { kind, endpoint } = event;
      const entry = { seq, at, wallAt, type, taskId, deliveryId, event: name, status, attempts };
      if (kind !== undefined) return { ...entry, kind };
      return endpoint === undefined ? entry : { ...entry, endpoint };
    }
    case 'task.changed': {
      const { type, taskId, state, index } = event;
      return { seq, at, wallAt, type, taskId, state, index };
    }
    case 'task.submitted': {
      const { type, taskId, packed, seed } = event;
      return seed === undefined ? { ...stamp, ...event } : { seq, at, wallAt, type, taskId, packed, seed };
    }
    case 'task.expired':
    case 'task.forgotten': {
      const { type, taskId } = event;
      return { seq, at, wallAt, type, taskId };
    }
    case 'endpoint.pinged':
    case 'sink.received':
      return { ...stamp, ...event, url: secrets.maskUrl(event.url), body: secrets.maskBody(event.body) };
    default:
      return { ...stamp, ...event };
  }
}

function recordEnd({ seq, at, wallAt }: Stamp, event: AttemptEnded, secrets: Secrets): Stamp & AttemptEnded {
  const { type, taskId, deliveryId, event: name, kind, nextAt } = event;
  const url = secrets.maskUrl(event.url);
  const attempt = recordAttempt(event.attempt, secrets);
  const entry = { seq, at, wallAt, type, taskId, deliveryId, event: name, url, attempt };
  if (kind === undefined && nextAt === undefined) return entry;
  return { ...entry, ...(kind === undefined ? {} : { kind }), ...(nextAt === undefined ? {} : { nextAt }) };
}

/** Returns the same attempt when it contains no secret, as nearly all do. */
function recordAttempt(attempt: Attempt, secrets: Secrets): Attempt {
  const answer = secrets.maskBody(attempt.answer);
  const detail = attempt.detail === null ? null : secrets.maskUrl(attempt.detail);
  return answer === attempt.answer && detail === attempt.detail ? attempt : { ...attempt, answer, detail };
}
