import type { IncomingHttpHeaders } from 'node:http';
import { type ParsedJson, parseJson } from './parse-json.ts';
import type { ReadBody } from './read-body.ts';

type Body = Extract<ReadBody, { type: 'read' }>;

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** Parses a body according to its headers; the value is `undefined` for an empty body. */
export function parseJsonBody(headers: IncomingHttpHeaders, body: Body): ParsedJson {
  // The document of the vendor decides whether a body is required.
  if (body.text === '') return { type: 'parsed', value: undefined };
  return checkEncoding(headers, body) ?? parseJson(body.text);
}

function checkEncoding(headers: IncomingHttpHeaders, { utf8, elsewhere }: Body): ParsedJson | null {
  const { 'content-type': type = '', 'content-encoding': encoding } = headers;
  // The fast path for nearly all requests.
  if (utf8 && encoding === undefined && type === 'application/json') return null;
  if (!elsewhere && encoding !== undefined && !/^(identity)?$/i.test(encoding)) {
    const because = `the body must be sent without a Content-Encoding, got ${quoted(encoding)}`;
    return { type: 'refused', because, isCoding: true };
  }
  if (!JSON_TYPE.test(type)) {
    return { type: 'refused', because: `the Content-Type must be application/json, got ${quoted(type)}` };
  }
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) {
    const because = `the charset of the Content-Type must be utf-8, got ${quoted(charset)}`;
    return { type: 'refused', because, isCoding: true };
  }
  if (utf8) return null;
  return { type: 'refused', because: 'the body is not valid UTF-8' };
}

function quoted(text: string): string {
  return text === '' ? 'none' : `"${text.slice(0, 80)}"`;
}
