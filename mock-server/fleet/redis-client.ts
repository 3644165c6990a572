import type { Redis, RedisOptions } from 'ioredis';
import { CodedError } from '../core/coded-error.ts';
import type { StoreAddress } from './store-address.ts';

/** Opens connections to the server of a store. */
export interface RedisClients {
  readonly prefix: string;
  /** Returns a new connection, which reconnects by itself and sends again what was not answered. */
  connect(options?: RedisOptions): Redis;
}

/** Loads the Redis client and prepares connections to a store. @throws {CodedError} STORE_UNUSABLE */
export async function loadRedisClients({ url, prefix }: StoreAddress): Promise<RedisClients> {
  const { Redis: Client } = await importPeer(() => import('ioredis'), 'ioredis');
  return {
    prefix,
    connect(options = {}) {
      const connection = new Client(url, { ...CONNECTION, ...options });
      // Without a listener, ioredis prints each failed attempt to connect. Calls report what matters.
      connection.on('error', () => undefined);
      return connection;
    },
  };
}

const CONNECTION: RedisOptions = {
  // Calls wait for the server however long it takes. The caller decides when to stop waiting.
  maxRetriesPerRequest: null,
  retryStrategy: (times) => Math.min(20 * 2 ** Math.min(times, 5), 500),
  connectTimeout: 2000,
  keepAlive: 1000,
  enableReadyCheck: true,
  // After a failover, the previous primary refuses writes.
  reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
};

/** Imports an optional package. @throws {CodedError} STORE_UNUSABLE when it is not installed */
export async function importPeer<T>(load: () => Promise<T>, name: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    // ES modules and CommonJS name it differently.
    if (!/^(ERR_)?MODULE_NOT_FOUND$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new CodedError(
      'STORE_UNUSABLE',
      `the option store requires the package ${name}, which is not installed`,
      'Install the packages with "npm install ioredis bullmq".',
    );
  }
}
