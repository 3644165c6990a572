import type { IncomingMessage } from 'node:http';
import type { KeyPlace } from '../packs/vendor-rules.ts';

/** The parts of a request that can contain a key. */
export type KeyedRequest = Pick<IncomingMessage, 'headers' | 'url'>;

/** An Authorization header, or one of the same form. */
export interface SchemedKey {
  /** In lower case. */
  readonly scheme: string;
  /** Empty when the header consists of a scheme only. */
  readonly key: string;
}

/** Returns the key that a request has at a place; null when it has none there. */
export function keyAt(
  { headers, url = '' }: KeyedRequest,
  { in: where, name, scheme }: KeyPlace,
): string | null {
  if (where === 'query') return parameterOf(url, name);
  const value = headers[name];
  if (typeof value !== 'string') return null;
  if (scheme === null) {
    // A scheme in front of the key would make it another key.
    const key = value.trim();
    return key === '' || key.includes(' ') ? null : key;
  }
  const given = readSchemed(value);
  return given.scheme === scheme && given.key !== '' ? given.key : null;
}

/** Splits a header into its scheme and its key. */
export function readSchemed(value: string): SchemedKey {
  // Scheme, spaces, key (RFC 9110, 11.4). A single regular expression for all three would be quadratic on a key full
  // of spaces.
  const end = value.indexOf(' ');
  if (end < 0) return { scheme: value.toLowerCase(), key: '' };
  return { scheme: value.slice(0, end).toLowerCase(), key: value.slice(end).trim() };
}

function parameterOf(url: string, name: string): string | null {
  const start = url.indexOf('?');
  const value = start < 0 ? null : new URLSearchParams(url.slice(start + 1)).get(name);
  return value === '' ? null : value;
}
