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
  return troubleWith(headers, body) ?? parseJson(body.text);
}

function troubleWith(headers: IncomingHttpHeaders, { utf8, elsewhere }: Body): ParsedJson | null {
  const { 'content-type': type = '', 'content-encoding': encoding } = headers;
  // Nearly all of them.
  if (utf8 && encoding === undefined && type === 'application/json') return null;
  if (!elsewhere && encoding !== undefined && !/^(identity)?$/i.test(encoding)) {
    const because = `the body must be sent as it is, without a Content-Encoding, got ${quoted(encoding)}`;
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
  return { type: 'refused', because: 'the body is not UTF-8: some of its bytes are not characters' };
}

function quoted(text: string): string {
  return text === '' ? 'none' : `"${text.slice(0, 80)}"`;
}
