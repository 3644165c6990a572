import { excerpt, LONGEST_BODY, LONGEST_STRING, shortenStrings } from './excerpt.ts';
import type { JournalEvent, RequestAnswered, Stamp } from './journal-record.ts';
import type { Secrets } from './secrets.ts';

type Plain = Exclude<JournalEvent, RequestAnswered>;

/** A request as it is kept: stamped, and without its secrets. Field by field, because this is on the way of every poll. */
export function recordRequest(
  stamp: Stamp,
  request: RequestAnswered,
  secrets: Secrets,
): Stamp & RequestAnswered {
  const { authorization } = request.headers;
  if (typeof authorization === 'string') secrets.learnFrom(authorization);
  // Before the rest, because keys are learned from them.
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

/** A poll's is nearly always one that was looked through before. */
function cleanAnswer(text: string, secrets: Secrets): string {
  return text.length > LONGEST_STRING ? cleanBody(text, secrets) : secrets.maskAnswer(text);
}

/** Of a long one only what is worth keeping is looked through. */
function cleanBody(text: string, secrets: Secrets): string {
  const short = shortenStrings(text, secrets.maskText);
  return short.length > LONGEST_BODY ? excerpt(short, secrets.maskBody) : secrets.maskBody(short);
}

/**
 * Anything else as it is kept. Plans, and where their callbacks go, are needed as they are: those are masked when
 * somebody looks at them, or when they are written to a file.
 */
export function withoutSecrets(event: Plain, secrets: Secrets): Plain {
  switch (event.type) {
    case 'attempt.started':
      return {
        ...event,
        url: secrets.maskUrl(event.url),
        headers: secrets.maskHeaders(event.headers),
        body: cleanBody(event.body, secrets),
      };
    case 'attempt.ended': {
      const { answer, detail } = event.attempt;
      return {
        ...event,
        url: secrets.maskUrl(event.url),
        attempt: {
          ...event.attempt,
          answer: secrets.maskBody(answer),
          detail: detail === null ? null : secrets.maskUrl(detail),
        },
      };
    }
    case 'sink.received':
      return { ...event, url: secrets.maskUrl(event.url), body: secrets.maskBody(event.body) };
    default:
      return event;
  }
}
