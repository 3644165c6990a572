import { createHash } from 'node:crypto';
import type { Account } from '../core/types.ts';
import type { Secrets } from './secrets.ts';

/** What an Authorization header says. */
export interface Credentials {
  /** In small letters; null when there is no header. */
  readonly scheme: string | null;
  /** Null when there is no key, or one that is not accepted. */
  readonly account: Account | null;
}

/** Turns keys into labels, and knows which keys are taken. */
export interface Accounts {
  /**
   * Null when the header carries no key of one of these schemes, or one that is not accepted.
   * @param schemes as a pack names them
   */
  fromHeader(authorization: string | undefined, schemes: readonly string[]): Account | null;
  /** The same whatever the scheme. */
  identify(authorization: string | undefined): Credentials;
  fromKey(key: string): Account;
}

/** How many headers are remembered, and how long they may be: a client that invents keys must not fill the memory. */
const REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 512;

const NOBODY: Credentials = { scheme: null, account: null };

/**
 * @param accepted only these keys; any non-empty key when empty
 * @param secrets told each key that somebody came with, accepted or not
 */
export function createAccounts(
  accepted: readonly string[],
  secrets: Pick<Secrets, 'learn' | 'learnFrom'>,
): Accounts {
  const known = new Map<string, Credentials>();
  const allowed = new Set(accepted);

  function read(authorization: string): Credentials {
    // Scheme, spaces, key (RFC 9110, 11.4); one expression for all of it would be quadratic in a key full of spaces.
    const end = authorization.indexOf(' ');
    if (end < 0) return { scheme: authorization.toLowerCase(), account: null };
    const scheme = authorization.slice(0, end).toLowerCase();
    const key = authorization.slice(end).trim();
    const isAccepted = key !== '' && (allowed.size === 0 || allowed.has(key));
    return { scheme, account: isAccepted ? labelOf(key) : null };
  }

  function identify(authorization: string | undefined): Credentials {
    if (authorization === undefined) return NOBODY;
    // Before anything is written down of the call.
    secrets.learnFrom(authorization);
    const found = known.get(authorization);
    if (found !== undefined) return found;
    const credentials = read(authorization);
    if (authorization.length > LONGEST_REMEMBERED) return credentials;
    if (known.size >= REMEMBERED) known.clear();
    known.set(authorization, credentials);
    return credentials;
  }

  return {
    fromHeader(authorization, schemes) {
      const { scheme, account } = identify(authorization);
      if (account === null) return null;
      for (const own of schemes) {
        if (own === scheme || own.toLowerCase() === scheme) return account;
      }
      return null;
    },
    identify,
    fromKey(key) {
      secrets.learn(key);
      return labelOf(key);
    },
  };
}

function labelOf(key: string): Account {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 10)}` as Account;
}
