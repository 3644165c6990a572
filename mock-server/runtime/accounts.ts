import { createHash } from 'node:crypto';
import type { Account } from '../core/types.ts';

/** Turns bearer keys into labels, and knows which keys are taken. */
export interface Accounts {
  /** Null when the header carries no bearer key, or one that is not accepted. */
  fromHeader(authorization: string | undefined): Account | null;
  fromKey(key: string): Account;
}

/** How many headers are remembered; a client that makes up keys must not fill the memory. */
const REMEMBERED = 10_000;

/** @param accepted only these keys; any non-empty key when empty */
export function createAccounts(accepted: readonly string[]): Accounts {
  const known = new Map<string, Account | null>();
  const allowed = new Set(accepted);

  function identify(authorization: string): Account | null {
    // In two steps: one expression for all of it would be quadratic in a key full of spaces.
    const key = /^Bearer +/i.test(authorization) ? authorization.slice('Bearer '.length).trim() : '';
    if (key === '' || (allowed.size > 0 && !allowed.has(key))) return null;
    return fromKey(key);
  }

  return {
    fromHeader(authorization) {
      if (authorization === undefined) return null;
      const found = known.get(authorization);
      if (found !== undefined) return found;
      const account = identify(authorization);
      if (known.size >= REMEMBERED) known.clear();
      known.set(authorization, account);
      return account;
    },
    fromKey,
  };
}

function fromKey(key: string): Account {
  return `key-${createHash('sha256').update(key).digest('hex').slice(0, 10)}` as Account;
}
