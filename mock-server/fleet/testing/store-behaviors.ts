import { expect } from 'vitest';
import type { Command } from '../../engine/commands.ts';
import type { LoggedCommand } from '../command-log.ts';
import type { Membership, Store } from '../store.ts';
import type { AttemptJob } from '../work-queue.ts';

/** A behavior that every store must have. */
export interface StoreBehavior {
  readonly title: string;
  /** @param store an empty store @param join joins it with the same fingerprint each time */
  verify(store: Store, join: () => Promise<Membership>): Promise<void>;
}

const mark = (id: string): Command => ({ type: 'barrier', id, replicas: [] });

function markOf({ command }: LoggedCommand): string {
  return command.type === 'barrier' ? command.id : command.type;
}

/** Opens the log of a member, and collects what it applies. */
async function read({ log }: Membership, after = 0): Promise<LoggedCommand[]> {
  const applied: LoggedCommand[] = [];
  await log.open(after, (logged) => void applied.push(logged));
  return applied;
}

const job = (n: number): AttemptJob =>
  ({ seq: n, taskId: `task-${n}`, deliveryId: 'd1', n: 1 }) as unknown as AttemptJob;

/** Returns a promise and a function that resolves it. */
function signal<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

export const STORE_BEHAVIORS: readonly StoreBehavior[] = [
  {
    title: 'applies the commands of all replicas in one order, with times that never decrease',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      const [one, two] = [await read(first), await read(second)];
      for (let n = 1; n <= 20; n++) {
        await Promise.all([first.log.append(n, mark(`a${n}`)), second.log.append(n, mark(`b${n}`))]);
      }
      await Promise.all([first.log.caughtUp(), second.log.caughtUp()]);
      expect(one).toHaveLength(40);
      expect(two).toEqual(one);
      const seqs = one.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(new Set(seqs).size).toBe(40);
      const times = one.map(({ wallAt }) => wallAt);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(one.filter(({ by }) => by === first.replica).map(({ n }) => n)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
    },
  },
  {
    title: 'appends a command once, however often it is sent',
    async verify(_store, join) {
      const first = await join();
      const applied = await read(first);
      await first.log.append(1, mark('a'));
      await first.log.append(1, mark('a'));
      await first.log.append(2, mark('b'));
      await first.log.caughtUp();
      expect(applied.map(markOf)).toEqual(['a', 'b']);
    },
  },
  {
    title: 'has everything that was appended before when it is caught up',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      const applied = await read(second);
      await read(first);
      for (let n = 1; n <= 10; n++) {
        await first.log.append(n, mark(`a${n}`));
        const place = await second.log.caughtUp();
        expect(applied).toHaveLength(n);
        expect(place).toBeGreaterThanOrEqual(applied.at(-1)?.seq ?? Number.POSITIVE_INFINITY);
      }
    },
  },
  {
    title: 'continues after the place of a snapshot, and refuses a place whose next commands were trimmed',
    async verify(_store, join) {
      const [first, second, third] = [await join(), await join(), await join()];
      const applied = await read(first);
      for (let n = 1; n <= 4; n++) await first.log.append(n, mark(`a${n}`));
      await first.log.caughtUp();
      const place = applied[1]?.seq ?? 0;
      await first.log.trim(place);
      expect((await read(second, place)).map(markOf)).toEqual(['a3', 'a4']);
      await expect(third.log.open(0, () => undefined)).rejects.toMatchObject({ code: 'STORE_BEHIND' });
    },
  },
  {
    title: 'numbers observations with the same counter as commands, and keeps them in order',
    async verify(_store, join) {
      const first = await join();
      const applied = await read(first);
      const observe = (problem: string) =>
        ({ at: 1, wallAt: 2, type: 'pack.refused', pack: 'a', problem }) as const;
      await first.log.append(1, mark('a'));
      await first.observations.append([observe('x'), observe('y')]);
      await first.log.append(2, mark('b'));
      await first.observations.append([observe('z')]);
      const place = await first.log.caughtUp();
      const batches = await first.observations.read(0);
      expect(
        batches.map(({ observations }) => observations.map((one) => 'problem' in one && one.problem)),
      ).toEqual([['x', 'y'], ['z']]);
      const [x = 0, z = 0] = batches.map(({ seq }) => seq);
      const [a = 0, b = 0] = applied.map(({ seq }) => seq);
      expect([a < x, x < b, b < z, z <= place]).toEqual([true, true, true, true]);
      expect(await first.observations.read(x)).toEqual(batches.slice(1));
    },
  },
  {
    title: 'hands out each job, and once only while it waits or is being worked on',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      const [taken, release] = [signal<undefined>(), signal<undefined>()];
      const done: string[] = [];
      const handle = async ({ taskId }: AttemptJob): Promise<void> => {
        taken.resolve(undefined);
        await release.promise;
        done.push(taskId);
      };
      await first.work.offer(job(1));
      await first.work.offer(job(1));
      first.work.work(handle);
      await taken.promise;
      await second.work.offer(job(1));
      await second.work.offer(job(2));
      release.resolve(undefined);
      await expect.poll(() => [...done].sort(), { timeout: 10_000 }).toEqual(['task-1', 'task-2']);
      await first.work.drain();
      expect(done).toHaveLength(2);
    },
  },
  {
    title: 'hands out a job again when its handler fails, or when its replica leaves',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      const [taken, done] = [signal<undefined>(), signal<string>()];
      first.work.work(() => {
        taken.resolve(undefined);
        return new Promise(() => undefined);
      });
      await first.work.offer(job(1));
      await taken.promise;
      let failures = 0;
      second.work.work(async ({ taskId }) => {
        failures += 1;
        if (failures === 1) throw new Error('not yet');
        done.resolve(taskId);
      });
      await first.work.close();
      expect(await done.promise).toBe('task-1');
    },
  },
  {
    title: 'knows the replicas that are alive',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      expect(await first.members.live()).toEqual([first.replica, second.replica].sort());
      expect(first.members.isCurrent).toBe(true);
      await second.members.leave();
      expect(await first.members.live()).toEqual([first.replica]);
    },
  },
  {
    title: 'keeps the two newest snapshots, and returns the newest',
    async verify(_store, join) {
      const [first, second] = [await join(), await join()];
      expect(await first.snapshots.latest()).toBeNull();
      const snapshot = (seq: number) => ({
        seq,
        wallAt: 1,
        observed: 0,
        parts: [['fold', { seq }]] as const,
      });
      expect(await first.snapshots.claim()).toBe(true);
      expect(await first.snapshots.save(snapshot(1))).toBe(1);
      expect(await first.snapshots.save(snapshot(2))).toBe(1);
      expect(await first.snapshots.save(snapshot(3))).toBe(2);
      const latest = await second.snapshots.latest();
      expect(latest).toMatchObject({ seq: 3, observed: 0 });
      expect([...(latest?.parts ?? [])]).toEqual([['fold', { seq: 3 }]]);
    },
  },
  {
    title: 'refuses a replica that is not equal to the others',
    async verify(store, join) {
      await join();
      await expect(store.join('another')).rejects.toMatchObject({ code: 'STORE_MISMATCH' });
    },
  },
];
