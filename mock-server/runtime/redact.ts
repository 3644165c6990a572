import type { RequestAnswered, Stamp } from './journal-record.ts';

/** What stands in the journal where a bearer key stood: that it was there can be judged, what it was cannot be read. */
export const KEY_MARK = '[bearer key]';

/**
 * A request as it is kept: stamped, and without its secrets. A key that leaked into the URL or the body is masked
 * there, too. Written out field by field, because this is on the way of every poll.
 */
export function recordRequest(stamp: Stamp, request: RequestAnswered): Stamp & RequestAnswered {
  const { authorization } = request.headers;
  const key = typeof authorization === 'string' ? keyOf(authorization) : '';
  const { url, requestBody, answer } = request;
  // Shorter ones would be found everywhere.
  const leaked = key.length >= 4 && (url.includes(key) || requestBody.includes(key) || answer.includes(key));
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
    url: leaked ? mask(url, key) : url,
    headers:
      typeof authorization === 'string'
        ? { ...request.headers, authorization: withoutKey(authorization) }
        : request.headers,
    requestBody: leaked ? mask(requestBody, key) : requestBody,
    status: request.status,
    answer: leaked ? mask(answer, key) : answer,
    error: request.error,
    state: request.state,
    retryAfter: request.retryAfter,
    durationMs: request.durationMs,
  };
}

function keyOf(authorization: string): string {
  return authorization.slice(authorization.indexOf(' ') + 1).trim();
}

function withoutKey(authorization: string): string {
  return authorization.slice(0, authorization.indexOf(' ') + 1) + KEY_MARK;
}

function mask(text: string, key: string): string {
  return text.replaceAll(key, KEY_MARK);
}
