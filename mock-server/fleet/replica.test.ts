import { afterEach, describe, expect, it } from 'vitest';
import { WAIT_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import type { AttemptResult } from '../delivery/post-callback.ts';
import { createMemoryStore } from './memory-store.ts';
import { joinReplica } from './replica.ts';
import { ACKNOWLEDGED, type OpenReplica, openReplica, type ReplicaOptions } from './testing/open-replica.ts';

const opened: OpenReplica[] = [];
afterEach(async () => {
  for (const { fleet } of opened.splice(0)) await fleet.close();
});

async function open(options: ReplicaOptions): Promise<OpenReplica> {
  const replica = await openReplica(options);
  opened.push(replica);
  return replica;
}

async function openMany(count: number, options: Omit<ReplicaOptions, 'store'> = {}) {
  const store = createMemoryStore();
  const replicas: OpenReplica[] = [];
  for (let n = 0; n < count; n++) replicas.push(await open({ store, ...options }));
  const at = (index: number): OpenReplica => {
    const replica = replicas[index % count];
    if (replica === undefined) throw new Error('expected a replica');
    return replica;
  };
  return { store, at };
}

async function accepted(outcome: ReturnType<OpenReplica['submit']>) {
  const done = await outcome;
  if (done.type !== 'accepted') throw new Error(`expected a task, got ${done.type}`);
  return done.task.plan;
}

describe('replicas', () => {
  it('join with a fingerprint that the store checks', async () => {
    const store = createMemoryStore();
    await store.join('other');
    await expect(openReplica({ store })).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
    expect(joinReplica).toBeTypeOf('function');
  });

  it('have equal journals, whichever of them made the changes', async () => {
    const { at } = await openMany(3, { retries: 1 });
    for (let n = 0; n < 12; n++) await at(n).submit({ scenario: n % 3 === 0 ? 'fail.nsfw' : null });
    await at(1).commands.advance(20 * 60_000);
    const entries = await at(0).entries();
    expect(entries.length).toBeGreaterThan(80);
    expect(await at(1).entries()).toEqual(entries);
    expect(await at(2).entries()).toEqual(entries);
  });

  it('give the same tasks as one replica does, for the same seed', async () => {
    const plansOf = async (count: number) => {
      const { at } = await openMany(count, { concurrency: 2 });
      const plans: unknown[] = [];
      for (let n = 0; n < 6; n++) plans.push(await accepted(at(n).submit()));
      return plans;
    };
    expect(await plansOf(3)).toEqual(await plansOf(1));
  });

  it('use a queued scenario exactly as often as was asked for', async () => {
    const { at } = await openMany(3);
    await at(0).commands.run({ type: 'enqueue', scenario: 'fail.nsfw', times: 5, account: null });
    const plans = await Promise.all(Array.from({ length: 20 }, (_, n) => accepted(at(n).submit())));
    expect(plans.filter(({ scenario }) => scenario.name === 'fail.nsfw')).toHaveLength(5);
  });

  it('never exceed a rate limit together', async () => {
    const { at } = await openMany(3, { rateLimit: '4/10s' });
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, n) => at(n).submit()));
    expect(outcomes.filter(({ type }) => type === 'accepted')).toHaveLength(4);
  });

  it('make each attempt once', async () => {
    const posts: string[] = [];
    const receive = (_url: string, { body }: { readonly body: string }): AttemptResult => {
      posts.push(body);
      return ACKNOWLEDGED;
    };
    const { at } = await openMany(3, { receive });
    for (let n = 0; n < 30; n++) await at(n).submit();
    await at(2).commands.advance(3_600_000);
    expect(posts).toHaveLength(30);
    expect(new Set(posts).size).toBe(30);
    expect(at(1).engine.inFlight).toBe(0);
  });

  it('run what is due on the real clock, without a command of a client', async () => {
    const { at } = await openMany(2, { clock: 'real', speed: 10_000 });
    const { taskId } = await accepted(at(0).submit());
    await expect
      .poll(() => at(1).engine.tasks.get(taskId)?.acknowledged, { timeout: WAIT_LIMIT_MS })
      .toBe(true);
  });

  it('count the polls of a scenario together', async () => {
    const { at } = await openMany(2);
    const { taskId, pack, account } = await accepted(at(0).submit({ scenario: 'poll.500*2' }));
    const parts = { query: {}, headers: {}, pathParams: {} };
    const asked = { taskId, account, parts };
    const poll = { type: 'poll', pack, operation: 'get-ai-video-details', ...asked } as const;
    const faults: boolean[] = [];
    for (let n = 0; n < 4; n++) {
      const result = await at(n).commands.run(poll);
      faults.push(result.type === 'found' && result.fault !== null);
    }
    expect(faults).toEqual([true, true, false, false]);
  });

  it('show a change on all replicas when its call is answered', async () => {
    const { at } = await openMany(3);
    const { taskId } = await accepted(at(0).submit());
    await at(1).commands.run({ type: 'amend', taskId, outcome: 'fail.nsfw' });
    for (let n = 0; n < 3; n++) expect(at(n).engine.tasks.get(taskId)?.plan.outcome.type).toBe('failure');
    await at(2).commands.run({ type: 'reset' });
    for (let n = 0; n < 3; n++) expect(at(n).engine.tasks.size).toBe(0);
  });
});

describe('a replica that dies during an attempt', () => {
  it('leaves it to another one, and the ledger shows the repetition', async () => {
    const store = createMemoryStore();
    const hung = await open({
      store,
      clock: 'real',
      speed: 10_000,
      receive: () => new Promise(() => undefined),
    });
    const { taskId } = await accepted(hung.submit());
    await expect.poll(() => hung.engine.inFlight).toBe(1);
    await expect.poll(() => hung.journal.kept().some(({ type }) => type === 'attempt.started')).toBe(true);
    const other = await open({ store, clock: 'real', speed: 10_000 });
    store.crash(hung.fleet.replica);
    await expect
      .poll(() => other.engine.tasks.get(taskId)?.acknowledged, { timeout: WAIT_LIMIT_MS })
      .toBe(true);
    const [progress] = other.engine.tasks.get(taskId)?.progress.values() ?? [];
    expect(progress?.attempts.map(({ n, outcome }) => [n, outcome])).toEqual([
      [1, 'interrupted'],
      [2, 'acknowledged'],
    ]);
  });
});

describe('a replica that joins from a snapshot', () => {
  it('has the same state and journal as one that applied every command', async () => {
    const store = createMemoryStore();
    const options = { store, concurrency: 2, snapshotAfter: 15, retries: 1 };
    const first = await open(options);
    for (let n = 0; n < 30; n++) await first.submit({ scenario: n % 4 === 0 ? 'fail.nsfw' : null });
    await first.commands.advance(60_000);
    for (let n = 0; n < 10; n++) await first.submit();
    await first.commands.advance(60_000);
    const joined = await open(options);
    await first.commands.advance(24 * 3_600_000);
    expect(await joined.entries()).toEqual(await first.entries());
    expect([...joined.engine.tasks.all()].map(({ plan }) => plan)).toEqual(
      [...first.engine.tasks.all()].map(({ plan }) => plan),
    );
    expect(await accepted(joined.submit())).toMatchObject({ pack: 'runway' });
    expect(await first.entries()).toEqual(await joined.entries());
  });
});
