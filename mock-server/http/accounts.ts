import { createHash } from 'node:crypto';
import type { Account } from '../core/types.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { KeyPlace } from '../packs/vendor-rules.ts';
import { type KeyedRequest, keyAt, readSchemed } from './key-at.ts';

/** Maps API keys to account labels and checks whether a key is accepted. */
export interface Accounts {
  /** Returns the account of the first accepted key at one of these places; null without one. */
  of(request: KeyedRequest, places: readonly KeyPlace[]): Account | null;
  /** The same for a call whose vendor is unknown: an Authorization header may have any scheme. */
  ofStray(request: KeyedRequest, places: readonly KeyPlace[]): Account | null;
  fromKey(key: string): Account;
}

/** The parsed contents of an Authorization header. */
interface Identified {
  /** In lower case. */
  readonly scheme: string;
  /** Null when the key is missing or not accepted. */
  readonly account: Account | null;
}

/**
 * Limits on how many keys are cached and how long each may be, so that a client sending random keys cannot exhaust
 * memory.
 */
const REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 512;

/**
 * Creates the accounts of a mock.
 * @param accepted the only keys to accept; when empty, every non-empty key is accepted
 * @param secrets receives every key that a request carries, accepted or not
 */
export function createAccounts(
  accepted: readonly string[],
  secrets: Pick<Secrets, 'learn' | 'learnFrom'>,
): Accounts {
  const byHeader = new Map<string, Identified>();
  const byKey = new Map<string, Account | null>();
  const allowed = new Set(accepted.map(plainForm));

  function accountOf(key: string): Account | null {
    // The key must be redactable before anything about the request is written to the journal.
    secrets.learn(key);
    const known = byKey.get(key);
    if (known !== undefined) return known;
    const plain = plainForm(key);
    if (plain !== key) learnCredentials(plain);
    const account = allowed.size === 0 || allowed.has(plain) ? labelOf(plain) : null;
    remember(byKey, key, account);
    return account;
  }

  /** Learns the credentials inside a Basic key, and the password on its own. */
  function learnCredentials(plain: string): void {
    secrets.learn(plain);
    secrets.learn(plain.slice(plain.indexOf(':') + 1));
  }

  function identify(authorization: string): Identified {
    secrets.learnFrom(authorization);
    const known = byHeader.get(authorization);
    if (known !== undefined) return known;
    const { scheme, key } = readSchemed(authorization);
    const identified = { scheme, account: key === '' ? null : accountOf(key) };
    remember(byHeader, authorization, identified);
    return identified;
  }

  function of(request: KeyedRequest, places: readonly KeyPlace[]): Account | null {
    const { authorization } = request.headers;
    const sent = authorization === undefined ? null : identify(authorization);
    for (const place of places) {
      const isUsual = place.scheme !== null && place.name === 'authorization';
      const account = isUsual ? ofScheme(sent, place.scheme) : accountAt(request, place);
      if (account !== null) return account;
    }
    return null;
  }

  function accountAt(request: KeyedRequest, place: KeyPlace): Account | null {
    const key = keyAt(request, place);
    return key === null ? null : accountOf(key);
  }

  return {
    of,
    ofStray(request, places) {
      const { authorization } = request.headers;
      const sent = authorization === undefined ? null : identify(authorization).account;
      return sent ?? of(request, places);
    },
    fromKey(key) {
      secrets.learn(key);
      return labelOf(plainForm(key));
    },
  };
}

function ofScheme(sent: Identified | null, scheme: string | null): Account | null {
  return sent !== null && sent.scheme === scheme ? sent.account : null;
}

function remember<Value>(cache: Map<string, Value>, text: string, value: Value): void {
  if (text.length > LONGEST_REMEMBERED) return;
  if (cache.size >= REMEMBERED) cache.clear();
  cache.set(text, value);
}

/**
 * Returns the credentials in a Basic key (RFC 7617) as `user:password`, or the one of both that is not empty; any
 * other key unchanged. All forms of the same credentials are therefore the same account.
 */
function plainForm(key: string): string {
  const text = key.includes(':') ? key : decodedCredentials(key);
  return text?.replace(/^:|:$/, '') ?? key;
}

function decodedCredentials(key: string): string | null {
  if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(key)) return null;
  const text = Buffer.from(key, 'base64').toString('latin1');
  return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(text) && text.length > 1 ? text : null;
}

function labelOf(key: string): Account {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 10)}` as Account;
}
