import { CodedError } from '../core/coded-error.ts';

/** Where replicas meet: a database of a Redis server, and the prefix of their keys in it. */
export interface StoreAddress {
  readonly url: string;
  readonly prefix: string;
}

const DEFAULT_PREFIX = 'stuntdouble';

/**
 * Reads a URL such as `redis://127.0.0.1:6379/0?prefix=team`.
 * @throws {CodedError} OPTION_INVALID
 */
export function readStoreAddress(text: string): StoreAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const prefix = url?.searchParams.get('prefix') ?? DEFAULT_PREFIX;
  url?.searchParams.delete('prefix');
  const isAddress =
    url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && url.search === '';
  // BullMQ separates the parts of its keys with colons, and braces choose the slot of a cluster.
  if (!isAddress || !/^\/?\d*$/.test(url.pathname) || !/^[\w.-]+$/.test(prefix)) {
    throw new CodedError(
      'OPTION_INVALID',
      `store must be a URL like redis://127.0.0.1:6379/0?prefix=team, got "${withoutPassword(text)}"`,
    );
  }
  return { url: url.href, prefix };
}

/** Returns a URL without its password, for messages. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@');
}
