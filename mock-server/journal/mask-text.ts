import { endOfString } from '../core/numerals.ts';
import { DOUBTFUL, TELLING } from './key-shapes.ts';
import type { KnownKeys } from './known-keys.ts';
import { KEY_MARK, REDACTED, SECRET_MARK } from './marks.ts';

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
  const masked = maskVendorParameters(withoutUserinfo(keys.replace(url)), keys);
  if (!HAS_PARAMETER.test(masked)) return masked;
  return masked.replace(IN_QUERY, (whole, before: string, name: string, value: string) => {
    const mark = keys.markFor(name, decoded(value));
    return mark === null ? whole : `${before}${name}=${mark}`;
  });
}

/** Masks keys in a JSON body, even if it is malformed. */
export function maskBody(text: string, keys: KnownKeys): string {
  const masked = maskInnerParameters(withoutUserinfo(maskMembers(keys.replace(text), keys)), keys);
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

/** Parameters of a query, as they are separated by servers that read keys there. */
const PARAMETER = /([?&])([^?&=#]+)=([^&#]*)/g;
const MARKS: ReadonlySet<string> = new Set([KEY_MARK, SECRET_MARK, REDACTED]);

/** Masks the query parameters in which a vendor reads keys, even if their values look like words. */
function maskVendorParameters(url: string, keys: KnownKeys): string {
  if (!keys.names.mayBeIn(url)) return url;
  return url.replace(PARAMETER, (whole, before: string, name: string, value: string) => {
    if (!keys.names.isParameter(decoded(name)) || value === '' || MARKS.has(value)) return whole;
    const key = decoded(value);
    // A client that sends a key here may also send it elsewhere.
    keys.learn(key, REDACTED);
    return `${before}${name}=${keys.markOf(key) ?? REDACTED}`;
  });
}

/** The same for URLs inside a body, where only known keys are masked. */
const INNER_PARAMETER = /([?&])([^?&=#"\\\s]+)=([^&#"\\\s]+)/g;

function maskInnerParameters(text: string, keys: KnownKeys): string {
  if (!keys.names.mayBeIn(text)) return text;
  return text.replace(INNER_PARAMETER, (whole, before: string, name: string, value: string) => {
    const mark = keys.names.isParameter(decoded(name)) ? keys.markOf(decoded(value)) : undefined;
    return mark === undefined ? whole : `${before}${name}=${mark}`;
  });
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
