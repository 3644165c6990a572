import { createHash } from 'node:crypto';
import type { Account } from '../core/types.ts';
import type { Secrets } from '../journal/secrets.ts';

/** The parsed contents of an Authorization header. */
export interface Credentials {
  /** In lower case; null when the header is absent. */
  readonly scheme: string | null;
  /** Null when the key is missing or not accepted. */
  readonly account: Account | null;
}

/** Maps API keys to account labels and checks whether a key is accepted. */
export interface Accounts {
  /**
   * Returns the account of a key, or null when the header has no accepted key in one of these schemes.
   * @param schemes the scheme names as written in the pack
   */
  fromHeader(authorization: string | undefined, schemes: readonly string[]): Account | null;
  /** Parses a header regardless of its scheme. */
  identify(authorization: string | undefined): Credentials;
  fromKey(key: string): Account;
}

/**
 * Limits on how many headers are cached and how long each may be, so that a client sending random keys cannot exhaust
 * memory.
 */
const REMEMBERED = 10_000;
const LONGEST_REMEMBERED = 512;

const ANONYMOUS: Credentials = { scheme: null, account: null };

/**
 * Creates the accounts of a mock.
 * @param accepted the only keys to accept; when empty, every non-empty key is accepted
 * @param secrets receives every key that a request carries, accepted or not
 */
export function createAccounts(
  accepted: readonly string[],
  secrets: Pick<Secrets, 'learn' | 'learnFrom'>,
): Accounts {
  const known = new Map<string, Credentials>();
  const allowed = new Set(accepted);

  function read(authorization: string): Credentials {
    // Scheme, spaces, key (RFC 9110, 11.4). A single regular expression for all three would be quadratic on a key full
    // of spaces.
    const end = authorization.indexOf(' ');
    if (end < 0) return { scheme: authorization.toLowerCase(), account: null };
    const scheme = authorization.slice(0, end).toLowerCase();
    const key = authorization.slice(end).trim();
    const isAccepted = key !== '' && (allowed.size === 0 || allowed.has(key));
    return { scheme, account: isAccepted ? labelOf(key) : null };
  }

  function identify(authorization: string | undefined): Credentials {
    if (authorization === undefined) return ANONYMOUS;
    // The key must be redactable before anything about the request is written to the journal.
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
