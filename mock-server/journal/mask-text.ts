import { endOfString } from '../core/numerals.ts';
import { DOUBTFUL, TELLING } from './key-shapes.ts';
import type { KnownKeys } from './known-keys.ts';
import { REDACTED } from './marks.ts';

/** A test is much faster than a replacement without matches. */
const HAS_PARAMETER = new RegExp(`[?&;](?:${TELLING}|${DOUBTFUL}|key)=`, 'i');
const IN_QUERY = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#]*)`, 'gi');
const IN_JSON = new RegExp(`"(${TELLING}|${DOUBTFUL})"\\s*:\\s*(?=")`, 'gi');
/** The same for URLs inside a body. */
const IN_INNER_URL = new RegExp(`([?&;])(${TELLING}|${DOUBTFUL}|key)=([^&;#"\\\\\\s]+)`, 'gi');
/** The userinfo of a URL (RFC 3986, 3.2.1). */
const USERINFO = /(\b[a-z][a-z0-9+.-]{0,19}:\/\/)[^/?#@\s"\\]{1,500}@/gi;

/** Masks keys in the URL of a request, including key parameters of its query. */
export function maskUrl(url: string, keys: KnownKeys): string {
  const masked = withoutUserinfo(keys.replace(url));
  if (!HAS_PARAMETER.test(masked)) return masked;
  return masked.replace(IN_QUERY, (whole, before: string, name: string, value: string) => {
    const mark = keys.markFor(name, decoded(value));
    return mark === null ? whole : `${before}${name}=${mark}`;
  });
}

/** Masks keys in a JSON body, even if it is malformed. */
export function maskBody(text: string, keys: KnownKeys): string {
  const masked = withoutUserinfo(maskMembers(keys.replace(text), keys));
  if (!HAS_PARAMETER.test(masked)) return masked;
  // In URLs inside a body, only known keys are masked: a receiver's URL may contain its own secrets.
  return masked.replace(IN_INNER_URL, (whole, before, name, value: string) => {
    const mark = keys.markOf(decoded(value));
    return mark === undefined ? whole : `${before}${name}=${mark}`;
  });
}

/** Masks the values of key fields in JSON text. */
export function maskMembers(text: string, keys: KnownKeys): string {
  let masked = '';
  let taken = 0;
  IN_JSON.lastIndex = 0;
  for (let found = IN_JSON.exec(text); found !== null; found = IN_JSON.exec(text)) {
    const start = found.index + found[0].length;
    const end = endOfString(text, start);
    // An unterminated string extends to the end.
    const value = end < 0 ? text.slice(start) : text.slice(start, end + 1);
    const mark = keys.markFor(found[1] ?? '', unquoted(value));
    if (mark === null) continue;
    masked += text.slice(taken, start) + JSON.stringify(mark);
    taken = start + value.length;
    IN_JSON.lastIndex = taken;
  }
  return taken === 0 ? text : masked + text.slice(taken);
}

function withoutUserinfo(text: string): string {
  return text.includes('@') ? text.replace(USERINFO, `$1${REDACTED}@`) : text;
}

function decoded(text: string): string {
  // The common case.
  if (!/[%+]/.test(text)) return text;
  // Avoids an exception, which costs as much as scanning a thousand characters.
  if (/%(?![\da-f]{2})/i.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
