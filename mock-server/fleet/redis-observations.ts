import type { Redis } from 'ioredis';
import { CodedError } from '../core/coded-error.ts';
import { answerInTime } from './answer-in-time.ts';
import type { Observation, ObservationBatch, ObservationLog } from './observation-log.ts';
import { OBSERVE } from './redis-log-scripts.ts';
import { createRedisScript } from './redis-script.ts';

export interface RedisObservationsOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly replica: string;
  readonly epoch: string;
  /** Number of observations to keep. */
  readonly keep?: number;
  /** Size of the observations to keep. */
  readonly keepBytes?: number;
}

/** Batches in one answer: parsing more would delay other calls. */
const READ = 100;

const observe = createRedisScript(OBSERVE);

export function createRedisObservations(options: RedisObservationsOptions): ObservationLog {
  const { connection, prefix, replica, epoch, keep = 50_000, keepBytes = 64 * 1024 * 1024 } = options;
  const stream = `${prefix}:observations`;
  const keys = [`${prefix}:head`, stream, `${prefix}:observed:${replica}`];
  let n = 0;

  return {
    async append(observations) {
      n += 1;
      const text = JSON.stringify(observations);
      const args = [epoch, n, text, observations.length, keep, keepBytes];
      if ((await answerInTime(observe.run(connection, keys, args))) !== 1) throw lostError();
    },
    async read(after) {
      const batches: ObservationBatch[] = [];
      for (let from = after; ; ) {
        const found = await answerInTime(connection.xrange(stream, `${from + 1}-0`, '+', 'COUNT', READ));
        for (const [id, fields] of found) batches.push(batchOf(id, fields));
        from = batches.at(-1)?.seq ?? from;
        if (found.length < READ) return batches;
      }
    },
  };
}

function batchOf(id: string, [, text = '[]']: readonly string[]): ObservationBatch {
  return {
    seq: Number(id.slice(0, id.indexOf('-'))),
    observations: JSON.parse(text) as readonly Observation[],
  };
}

function lostError(): CodedError {
  return new CodedError(
    'STORE_BEHIND',
    'the Redis server of the store has lost its data',
    'Restart all replicas, and start the Redis server with --appendonly yes.',
  );
}
