import type { IncomingHttpHeaders } from 'node:http';
import { type ParsedJson, parseJson } from './parse-json.ts';
import type { ReadBody } from './read-body.ts';

type Body = Extract<ReadBody, { type: 'read' }>;

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\s*(;|$)/i;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/i;

/** What a body says, by its headers and its text; `undefined` when there is none. */
export function parseJsonBody(headers: IncomingHttpHeaders, body: Body): ParsedJson {
  // Whether a body is needed at all is the document's business.
  if (body.text === '') return { type: 'parsed', value: undefined };
  const because = troubleWith(headers, body);
  return because === null ? parseJson(body.text) : { type: 'refused', because };
}

function troubleWith(headers: IncomingHttpHeaders, { utf8, elsewhere }: Body): string | null {
  const { 'content-type': type = '', 'content-encoding': encoding } = headers;
  // Nearly all of them.
  if (utf8 && encoding === undefined && type === 'application/json') return null;
  if (!elsewhere && encoding !== undefined && !/^(identity)?$/i.test(encoding)) {
    return `the body must be sent as it is, without a Content-Encoding, got ${quoted(encoding)}`;
  }
  if (!JSON_TYPE.test(type)) return `the Content-Type must be application/json, got ${quoted(type)}`;
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset))
    return `the charset of the Content-Type must be utf-8, got ${quoted(charset)}`;
  return utf8 ? null : 'the body is not UTF-8: some of its bytes are no characters';
}

function quoted(text: string): string {
  return text === '' ? 'none' : `"${text.slice(0, 80)}"`;
}
