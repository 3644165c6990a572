import type { RequestAnswered } from './journal-record.ts';

/** What stands in the journal where a bearer key stood: that it was there can be judged, what it was cannot be read. */
const KEY_MARK = '[bearer key]';

/** A request without its secrets. A key that leaked into the URL or the body is masked there, too. */
export function redactRequest(request: RequestAnswered): RequestAnswered {
  const { authorization } = request.headers;
  if (typeof authorization !== 'string') return request;
  const key = authorization.replace(/^\S+\s+/, '');
  const headers = { ...request.headers, authorization: authorization.replace(key, KEY_MARK) };
  if (key.length < 4) return { ...request, headers };
  return {
    ...request,
    headers,
    url: mask(request.url, key),
    requestBody: mask(request.requestBody, key),
    answer: mask(request.answer, key),
  };
}

function mask(text: string, key: string): string {
  return text.includes(key) ? text.replaceAll(key, KEY_MARK) : text;
}
