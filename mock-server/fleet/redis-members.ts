import type { Redis } from 'ioredis';
import { answerInTime } from './answer-in-time.ts';
import { LEASE_MS, type Members } from './members.ts';
import { createRedisScript } from './redis-script.ts';

export interface RedisMembersOptions {
  readonly connection: Redis;
  readonly prefix: string;
  readonly replica: string;
  /** Takes the time of the server that an answer brings, in microseconds. */
  readonly heard: (micros: number) => void;
}

/** Five renewals may fail before the lease ends. */
const RENEW_MS = LEASE_MS / 5;

/**
 * KEYS: members, with the end of each lease. ARGV: replica, or nothing to only read; length of a lease.
 * Returns the time in microseconds, then the replicas whose leases have not ended.
 */
const RENEW = createRedisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[1] ~= '' then redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local live = redis.call('ZRANGE', KEYS[1], 0, -1)
table.insert(live, 1, string.format('%.0f', time[1] * 1000000 + time[2]))
return live
`);

/** Joins the members of a fleet. @throws {CodedError} STORE_UNREACHABLE */
export async function joinRedisMembers(options: RedisMembersOptions): Promise<Members> {
  const { connection, prefix, replica, heard } = options;
  const key = `${prefix}:members`;
  let known: readonly string[] = [];
  let leaseEnd = 0;
  let left = false;

  async function call(who: string): Promise<readonly string[]> {
    const [micros = '0', ...live] = (await RENEW.run(connection, [key], [who, LEASE_MS])) as string[];
    heard(Number(micros));
    return live.sort();
  }

  async function renew(): Promise<void> {
    // The lease begins when the server gets the call, which is not before this.
    const sentAt = performance.now();
    known = await call(replica);
    leaseEnd = Math.max(leaseEnd, sentAt + LEASE_MS);
  }

  let renewing = false;
  const timer = setInterval(() => {
    if (renewing || left) return;
    renewing = true;
    // The next renewal is a new attempt.
    const done = (): void => {
      renewing = false;
    };
    renew().then(done, done);
  }, RENEW_MS).unref();
  try {
    await answerInTime(renew());
  } catch (error) {
    clearInterval(timer);
    throw error;
  }

  return {
    live: () => answerInTime(call('')),
    get known() {
      return known;
    },
    get isCurrent() {
      return !left && performance.now() < leaseEnd;
    },
    async leave() {
      left = true;
      clearInterval(timer);
      await answerInTime(connection.zrem(key, replica));
    },
  };
}
