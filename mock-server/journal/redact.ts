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

/**
 * Returns any other event with its secrets masked. Plans and callback URLs are needed unmasked in memory; they are
 * masked when they are shown or written to a file.
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
