import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script that the server runs as one step. */
export interface RedisScript {
  run(connection: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

export function createRedisScript(source: string): RedisScript {
  const sha = createHash('sha1').update(source).digest('hex');
  return {
    async run(connection, keys, args) {
      try {
        return await connection.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        // The server was restarted, or runs the script for the first time.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return connection.eval(source, keys.length, ...keys, ...args);
      }
    },
  };
}
