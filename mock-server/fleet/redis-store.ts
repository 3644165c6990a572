import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { CodedError } from '../core/coded-error.ts';
import { answerInTime } from './answer-in-time.ts';
import { importPeer, loadRedisClients, type RedisClients } from './redis-client.ts';
import { createRedisLog } from './redis-log.ts';
import { JOIN } from './redis-log-scripts.ts';
import { joinRedisMembers } from './redis-members.ts';
import { createRedisObservations } from './redis-observations.ts';
import { createRedisScript } from './redis-script.ts';
import { createRedisSnapshots } from './redis-snapshots.ts';
import type { Membership, Store } from './store.ts';
import { readStoreAddress } from './store-address.ts';
import { mismatch } from './store-errors.ts';

const join = createRedisScript(JOIN);

/**
 * Returns the store of a Redis server. Nothing is loaded or connected before a replica joins.
 * @throws {CodedError} OPTION_INVALID
 */
export function createRedisStore(url: string): Store {
  const address = readStoreAddress(url);
  return {
    async join(fingerprint) {
      const clients = await loadRedisClients(address);
      const { createBullmqWorkQueue } = await importPeer(() => import('./bullmq-work-queue.ts'), 'bullmq');
      const connection = clients.connect();
      try {
        await refuseEviction(connection);
        const epoch = await joinLog(clients, connection, fingerprint);
        return await createMembership({ clients, connection, epoch }, createBullmqWorkQueue);
      } catch (error) {
        connection.disconnect();
        throw error;
      }
    },
  };
}

/** A server that evicts keys would lose tasks without a word. @throws {CodedError} STORE_UNUSABLE */
async function refuseEviction(connection: Redis): Promise<void> {
  const memory = await answerInTime(connection.info('memory'));
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction';
  if (policy === 'noeviction') return;
  throw new CodedError(
    'STORE_UNUSABLE',
    `the Redis server of the store removes keys when its memory is full (maxmemory-policy ${policy})`,
    'Run "redis-cli config set maxmemory-policy noeviction", or choose another server.',
  );
}

/** @returns the epoch of the log */
async function joinLog(clients: RedisClients, connection: Redis, fingerprint: string): Promise<string> {
  const keys = [`${clients.prefix}:head`];
  const answer = await answerInTime(join.run(connection, keys, [fingerprint, randomUUID()]));
  const [expected, epoch = ''] = answer as readonly string[];
  if (expected !== fingerprint) throw mismatch();
  return epoch;
}

interface Joined {
  readonly clients: RedisClients;
  readonly connection: Redis;
  readonly epoch: string;
}

async function createMembership(
  { clients, connection, epoch }: Joined,
  createWorkQueue: typeof import('./bullmq-work-queue.ts').createBullmqWorkQueue,
): Promise<Membership> {
  const { prefix } = clients;
  const replica = randomUUID().slice(0, 13);
  let leave = async (): Promise<void> => undefined;
  const onLost = (): void => {
    // The others would wait for it otherwise.
    leave().catch(() => undefined);
  };
  const log = createRedisLog({ clients, connection, replica, epoch, onLost });
  const { heard } = log;
  const members = await joinRedisMembers({ connection, prefix, replica, heard });
  leave = members.leave;
  const work = createWorkQueue({ connection, prefix });
  return {
    replica,
    epoch,
    log,
    work,
    members,
    observations: createRedisObservations({ connection, prefix, replica, epoch }),
    snapshots: createRedisSnapshots({ connection, prefix, replica }),
    async close() {
      await work.close();
      await log.close();
      // The lease ends by itself when the server does not answer.
      await members.leave().catch(() => undefined);
      connection.disconnect();
    },
  };
}
