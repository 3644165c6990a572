import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadPacks } from '../mock-server/load-packs.ts';
import { createLoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import { describeFailure } from './describe.ts';
import { SEEDED_BUGS } from './seeded-bugs.ts';
import { simulate } from './simulate.ts';
import { runWorld } from './world.ts';

const packs = createLoadedPacks(loadPacks());
afterEach(() => vi.restoreAllMocks());

describe('a simulation', () => {
  it('finds no violation in 300 lives, and something happens in them', async () => {
    const { counts, failure } = await simulate({ packs, lives: 300, seed: 1 });
    expect(failure).toBeNull();
    expect(counts).toMatchObject({ worlds: 3, lives: 300 });
    const { answered, posts, snapshots, starts } = counts;
    for (const count of [answered - 200, posts - 100, snapshots, starts - 3])
      expect(count).toBeGreaterThan(0);
  });

  it('depends on its seed only: no clock and no timer of this machine', async () => {
    const timers = [
      vi.spyOn(Date, 'now'),
      vi.spyOn(performance, 'now'),
      vi.spyOn(globalThis, 'setTimeout'),
      vi.spyOn(globalThis, 'setInterval'),
    ];
    const world = { seed: '2', lives: 30, packs };
    const first = await runWorld(world);
    expect(timers.map(({ mock }) => mock.calls.length)).toEqual([0, 0, 0, 0]);
    expect(await runWorld(world)).toEqual(first);
    expect((await runWorld({ ...world, seed: '3' })).counts).not.toEqual(first.counts);
  });

  it('reports the seed, and the fewest deeds that lead to a violation', async () => {
    const bug = SEEDED_BUGS.get('one-slot-too-many');
    if (bug === undefined) throw new Error('expected a defect');
    const { tampering, under: conditions = {} } = bug;
    const { failure } = await simulate({ packs, lives: 100, seed: 1, tampering, conditions });
    if (failure === null) throw new Error('expected a violation');
    expect(failure.deeds.length).toBeLessThan(8);
    const lines = describeFailure(failure, 'one-slot-too-many');
    expect(lines).toContain('VIOLATED: slots and windows are never exceeded');
    expect(lines).toContain('Reproduce: npm run simulate -- --seed 1 --lives 100 --bug one-slot-too-many');
    expect(lines.filter((line) => line.includes(' submit, call'))).toHaveLength(
      failure.deeds.filter(({ type }) => type === 'submit').length,
    );
    const { seed, lives, deeds } = failure;
    const again = await runWorld({
      seed: String(seed),
      lives,
      packs,
      tampering,
      conditions: failure.conditions,
      deeds,
    });
    expect(again.violation).toEqual(failure.smallest);
  });
});
