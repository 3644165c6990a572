import type { RequestAnswered } from './journal-record.ts';

/** What stands in the journal where a bearer key stood: that it was there can be judged, what it was cannot be read. */
const KEY_MARK = '[bearer key]';

/** A request without its secrets. A key that leaked into the URL or the body is masked there, too. */
export function redactRequest(request: RequestAnswered): RequestAnswered {
  const { authorization } = request.headers;
  if (typeof authorization !== 'string') return request;
  const space = authorization.indexOf(' ');
  const key = authorization.slice(space + 1).trim();
  const headers = { ...request.headers, authorization: authorization.slice(0, space + 1) + KEY_MARK };
  // Shorter ones would be found everywhere.
  const { url, requestBody, answer } = request;
  const leaked = key.length >= 4 && (url.includes(key) || requestBody.includes(key) || answer.includes(key));
  if (!leaked) return { ...request, headers };
  return {
    ...request,
    headers,
    url: mask(url, key),
    requestBody: mask(requestBody, key),
    answer: mask(answer, key),
  };
}

function mask(text: string, key: string): string {
  return text.replaceAll(key, KEY_MARK);
}
