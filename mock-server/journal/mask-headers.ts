import type { KnownKeys } from './known-keys.ts';
import { KEY_MARK, REDACTED } from './marks.ts';
import { maskUrl } from './mask-text.ts';

export type HeaderValue = string | readonly string[] | undefined;

/** The contents of these headers, in addition to `authorization`. A map, because it is consulted for every poll. */
const HEADERS: ReadonlyMap<string, 'key' | 'cookies' | 'url'> = new Map([
  ['proxy-authorization', 'key'],
  ['x-api-key', 'key'],
  ['api-key', 'key'],
  ['apikey', 'key'],
  ['x-auth-token', 'key'],
  ['x-access-token', 'key'],
  ['x-goog-api-key', 'key'],
  ['x-amz-security-token', 'key'],
  ['x-csrf-token', 'key'],
  ['x-xsrf-token', 'key'],
  ['x-gitlab-token', 'key'],
  ['cookie', 'cookies'],
  ['set-cookie', 'cookies'],
  ['referer', 'url'],
  ['location', 'url'],
]);

/** Masks keys in headers, and learns those of key headers. @returns the same object when it contains none */
export function maskHeaders<Value extends HeaderValue>(
  headers: Readonly<Record<string, Value>>,
  keys: KnownKeys,
): Readonly<Record<string, Value>> {
  let masked: Record<string, HeaderValue> | null = null;
  for (const name in headers) {
    const value: HeaderValue = headers[name];
    if (value === undefined) continue;
    const clean =
      typeof value === 'string'
        ? maskHeader(name, value, keys)
        : maskEach(value, (one) => maskHeader(name, one, keys));
    if (clean === value) continue;
    masked ??= { ...headers };
    masked[name] = clean;
  }
  return (masked ?? headers) as typeof headers;
}

function maskHeader(name: string, value: string, keys: KnownKeys): string {
  if (name === 'authorization') return maskAuthorization(value);
  if (keys.names.isHeader(name)) return maskVendorHeader(value, keys);
  const kind = HEADERS.get(name);
  if (kind === undefined) return keys.replace(value);
  if (kind === 'cookies') return maskCookies(value);
  if (kind === 'url') return maskUrl(value, keys);
  // A client that puts a key in this header may also send it elsewhere.
  keys.learn(value, REDACTED);
  return keys.markFor(name, value) ?? value;
}

/** Keeps the names of cookies, which distinguish a session from a preference, and redacts their values. */
function maskCookies(value: string): string {
  return value.replace(/(^|;\s*)([^=;]+)=([^;]*)/g, (whole, before: string, name: string) =>
    COOKIE_ATTRIBUTES.test(name) ? whole : `${before}${name}=${REDACTED}`,
  );
}

/** The attributes of a Set-Cookie header. */
const COOKIE_ATTRIBUTES = /^(?:expires|max-age|domain|path|samesite)$/i;

/** Keeps the scheme, and shows that a key was sent. */
function maskAuthorization(value: string): string {
  return schemeIn(value) + KEY_MARK;
}

/** Masks what a vendor reads as a key, even if it looks like a word. */
function maskVendorHeader(value: string, keys: KnownKeys): string {
  const scheme = schemeIn(value);
  const key = value.slice(scheme.length).trim();
  keys.learn(key, REDACTED);
  return scheme + (keys.markOf(key) ?? key);
}

/** Returns the scheme before a key, with its space; empty without one. */
function schemeIn(value: string): string {
  return /^[a-z][a-z0-9._-]{0,30} /i.exec(value)?.[0] ?? '';
}

function maskEach(values: readonly string[], mask: (value: string) => string): readonly string[] {
  const masked = values.map(mask);
  return masked.some((value, index) => value !== values[index]) ? masked : values;
}
