import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisProcess, startRedis } from '../../fixtures/fleet/redis-process.ts';
import type { TaskId } from '../core/types.ts';
import type { Command } from '../engine/commands.ts';
import type { LoggedCommand } from './command-log.ts';
import type { Observation } from './observation-log.ts';
import { createRedisStore } from './redis-store.ts';
import type { Membership } from './store.ts';
import type { AttemptJob } from './work-queue.ts';

/** Number of times that the server is killed. */
const KILLS = 3;

const attemptJob = (n: number): AttemptJob => ({
  seq: n,
  taskId: 'a:b' as TaskId,
  deliveryId: 'd' as AttemptJob['deliveryId'],
  n,
});

let redis: RedisProcess;
let fleets = 0;
const open = new Set<Membership>();

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  for (const membership of open) await membership.close();
  await redis.close();
});

/** Returns a function that joins a fleet of its own. */
function newFleet(): (fingerprint?: string) => Promise<Membership> {
  fleets += 1;
  const store = createRedisStore(`${redis.url()}?prefix=fleet${fleets}`);
  return async (fingerprint = 'same') => {
    const membership = await store.join(fingerprint);
    open.add(membership);
    return membership;
  };
}

const amend = (taskId: string): Command => ({ type: 'amend', taskId, outcome: 'success' });
const idsIn = (logged: readonly LoggedCommand[]): string[] =>
  logged.map(({ command }) => (command as { readonly taskId: string }).taskId);

describe('the log on Redis', () => {
  it('gives all replicas the same commands in the same order', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    const atA: LoggedCommand[] = [];
    const atB: LoggedCommand[] = [];
    await a.log.open(0, (logged) => atA.push(logged));
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        (i % 2 === 0 ? a : b).log.append(Math.floor(i / 2) + 1, amend(`t${i}`)),
      ),
    );
    await b.log.open(0, (logged) => atB.push(logged));
    await a.log.caughtUp();
    expect(atA.length).toBe(500);
    expect(atB).toEqual(atA);
    expect(atA.filter(({ by }) => by === a.replica).map(({ n }) => n)).toEqual(
      Array.from({ length: 250 }, (_, i) => i + 1),
    );
    expect(
      atA.every(
        ({ seq, wallAt }, i) =>
          i === 0 || (seq > (atA[i - 1]?.seq ?? 0) && wallAt >= (atA[i - 1]?.wallAt ?? 0)),
      ),
    ).toBe(true);
  });

  it('ignores a command that it already has', async () => {
    const { log } = await newFleet()();
    const applied: LoggedCommand[] = [];
    await log.open(0, (logged) => applied.push(logged));
    await log.append(1, amend('first'));
    await log.append(1, amend('first'));
    await log.append(2, amend('second'));
    await log.caughtUp();
    expect(idsIn(applied)).toEqual(['first', 'second']);
  });

  it('applies everything that others had appended when it has caught up', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    const applied: LoggedCommand[] = [];
    await b.log.open(0, (logged) => applied.push(logged));
    for (let n = 1; n <= 20; n++) {
      await a.log.append(n, amend(`t${n}`));
      await b.log.caughtUp();
      expect(applied.length).toBe(n);
    }
  });

  it('refuses a replica whose commands were removed', async () => {
    const join = newFleet();
    const [a, late, new_] = [await join(), await join(), await join()];
    const applied: LoggedCommand[] = [];
    for (let n = 1; n <= 3; n++) await a.log.append(n, amend(`t${n}`));
    await a.log.trim(2);
    await expect(late.log.open(0, () => undefined)).rejects.toMatchObject({ code: 'STORE_BEHIND' });
    expect(late.log.trouble).toContain('does not contain all changes');
    await new_.log.open(2, (logged) => applied.push(logged));
    expect(idsIn(applied)).toEqual(['t3']);
  });

  it('refuses to continue a log that was deleted', async () => {
    const { log } = await newFleet()();
    await log.open(0, () => undefined);
    await log.append(1, amend('t'));
    const other = await newFleet()();
    await other.log.append(1, amend('t'));
    const connection = (await import('ioredis')).Redis;
    const admin = new connection(redis.url());
    await admin.del(`fleet${fleets - 1}:head`);
    admin.disconnect();
    await expect(log.append(2, amend('t'))).rejects.toMatchObject({ code: 'STORE_BEHIND' });
    await expect(log.caughtUp()).rejects.toMatchObject({ code: 'STORE_BEHIND' });
    await other.log.append(2, amend('t'));
    expect([log.trouble === null, other.log.trouble]).toEqual([false, null]);
  });

  it('refuses replicas with another fingerprint', async () => {
    const join = newFleet();
    await join('first');
    await expect(join('second')).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
  });
});

describe('the observations on Redis', () => {
  it('are read in the order of the log', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    const seen = (name: string): Observation =>
      ({ type: 'media.served', at: 1, wallAt: 1, name }) as unknown as Observation;
    await a.observations.append([seen('1'), seen('2')]);
    await a.log.append(1, amend('t'));
    await b.observations.append([seen('3')]);
    const batches = await a.observations.read(0);
    expect(batches.map(({ seq }) => seq)).toEqual([1, 3]);
    expect(batches.flatMap(({ observations }) => observations)).toEqual([seen('1'), seen('2'), seen('3')]);
    expect(await b.observations.read(1)).toEqual(batches.slice(1));
  });
});

describe('the members on Redis', () => {
  it('are the replicas that have joined and not left', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    expect(await a.members.live()).toEqual([a.replica, b.replica].sort());
    expect([a.members.isCurrent, b.members.isCurrent]).toEqual([true, true]);
    await b.members.leave();
    expect(await a.members.live()).toEqual([a.replica]);
    expect(b.members.isCurrent).toBe(false);
  });
});

describe('the snapshots on Redis', () => {
  it('are claimed by one replica, and the two newest are kept', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    expect(await a.snapshots.latest()).toBeNull();
    expect([await a.snapshots.claim(), await b.snapshots.claim()]).toEqual([true, false]);
    const big = 'x'.repeat(200_000);
    const of = (seq: number) => ({
      seq,
      wallAt: 5,
      observed: seq - 1,
      parts: [
        ['f', { seq }],
        ['g', big],
        ['h', big],
      ] as const,
    });
    expect(await a.snapshots.save(of(10))).toBe(0);
    expect(await b.snapshots.claim()).toBe(true);
    expect(await b.snapshots.save(of(20))).toBe(10);
    expect(await b.snapshots.save(of(30))).toBe(20);
    expect(await a.snapshots.latest()).toEqual(of(30));
  });
});

describe('the attempts on BullMQ', () => {
  const job = attemptJob;

  it('are each handed out to one of the replicas', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    const done: number[] = [];
    const handle = async ({ n }: AttemptJob): Promise<void> => {
      done.push(n);
    };
    a.work.work(handle);
    b.work.work(handle);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => [a.work.offer(job(n)), b.work.offer(job(n))]).flat(),
    );
    await expect.poll(() => done.length).toBeGreaterThanOrEqual(100);
    await a.work.drain();
    await b.work.drain();
    expect(new Set(done).size).toBe(100);
  });

  it('are handed out again when their handling fails', async () => {
    const { work } = await newFleet()();
    let calls = 0;
    work.work(async () => {
      calls += 1;
      if (calls === 1) throw new Error('the log cannot be reached');
    });
    await work.offer(job(1));
    await expect.poll(() => calls).toBe(2);
    await work.drain();
  });

  it('are handed out again when their replica has left at once', async () => {
    const join = newFleet();
    const [a, b] = [await join(), await join()];
    const taken: string[] = [];
    a.work.work(async () => {
      taken.push('a');
      await new Promise(() => undefined);
    });
    await a.work.offer(job(1));
    await expect.poll(() => taken).toEqual(['a']);
    await a.close();
    b.work.work(async () => {
      taken.push('b');
    });
    await expect.poll(() => taken).toEqual(['a', 'b']);
    await b.work.drain();
  });
});

describe('a Redis server that fails for a while', () => {
  async function withServer(use: (server: RedisProcess, membership: Membership) => Promise<void>) {
    const server = await startRedis();
    const membership = await createRedisStore(server.url()).join('same');
    try {
      await use(server, membership);
    } finally {
      await membership.close();
      await server.close();
    }
  }

  it('refuses a command that it did not answer in time, and continues when it answers again', async () => {
    await withServer(async (server, { log, members }) => {
      const applied: LoggedCommand[] = [];
      await log.open(0, (logged) => applied.push(logged));
      await log.append(1, amend('before'));
      server.pause();
      // The first command is sent. The others wait for its answer, and are never sent.
      const refused = await Promise.allSettled([2, 3, 4].map((n) => log.append(n, amend(`paused ${n}`))));
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(log.trouble).toContain('does not answer');
      expect(members.isCurrent).toBe(false);
      server.resume();
      await log.append(5, amend('after'));
      await log.caughtUp();
      expect(idsIn(applied).filter((id) => !id.startsWith('paused'))).toEqual(['before', 'after']);
      expect(applied.map(({ n }) => n)).toEqual([...new Set(applied.map(({ n }) => n))]);
      expect(log.trouble).toBeNull();
      await expect.poll(() => members.isCurrent).toBe(true);
    });
  });

  it('appends each command once although the server is killed and started again under load', async () => {
    await withServer(async (server, { log, work }) => {
      const applied: LoggedCommand[] = [];
      const handled = new Set<number>();
      await log.open(0, (logged) => applied.push(logged));
      work.work(async ({ n }) => {
        handled.add(n);
      });
      const answered: number[] = [];
      let n = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const load = Array.from({ length: 4 }, async () => {
          for (let i = 0; i < 50; i++) {
            n += 1;
            const own = n;
            await log.append(own, amend(`t${own}`));
            answered.push(own);
            await work.offer({ ...attemptJob(own), seq: own });
          }
        });
        await expect.poll(() => answered.length).toBeGreaterThan(kill * 200 + 20);
        await server.kill();
        await server.start();
        await Promise.all(load);
      }
      await log.caughtUp();
      expect(applied.map((logged) => logged.n).sort((a, b) => a - b)).toEqual(
        Array.from({ length: n }, (_, i) => i + 1),
      );
      expect(answered.length).toBe(KILLS * 200);
      await expect.poll(() => handled.size).toBe(answered.length);
      await work.drain();
    });
  });
});

describe('a Redis server that cannot be used', () => {
  it('is refused when it evicts keys', async () => {
    const evicting = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    try {
      await expect(createRedisStore(evicting.url()).join('f')).rejects.toMatchObject({
        code: 'STORE_UNUSABLE',
        remedy: expect.stringContaining('config set maxmemory-policy noeviction'),
      });
    } finally {
      await evicting.close();
    }
  });

  it('is refused when it does not answer in time', async () => {
    const gone = await startRedis();
    await gone.close();
    await expect(createRedisStore(gone.url()).join('f')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
});
