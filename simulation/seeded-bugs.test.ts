import { describe, expect, it } from 'vitest';
import { loadPacks } from '../mock-server/load-packs.ts';
import { createLoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import { INVARIANTS, type Invariant, type Violation } from './invariants/violation.ts';
import { SEEDED_BUGS, type SeededBug } from './seeded-bugs.ts';
import { runWorld } from './world.ts';

/** Few packs, so that limits are reached often. `npm run simulate` has all of them. */
const ONLY = ['runway', 'luma', 'cometapi', 'runwayml', 'dream-machine', 'replicate'];
const packs = createLoadedPacks(loadPacks({ only: ONLY }));
const LIVES = 60;
const MOST_WORLDS = 40;

/** Returns the first violation in as many worlds as it takes. */
async function firstViolation({ tampering, under = {}, deeds }: SeededBug): Promise<Violation | null> {
  for (let seed = 1; seed <= MOST_WORLDS; seed++) {
    const world = { seed: `bug ${seed}`, lives: LIVES, packs, tampering, conditions: under };
    const { violation } = await runWorld(deeds === undefined ? world : { ...world, deeds });
    if (violation !== null) return violation;
  }
  return null;
}

describe('the simulation', () => {
  it.each([...SEEDED_BUGS])('finds the defect %s', async (_name, bug) => {
    const violation = await firstViolation(bug);
    expect(bug.violates.map((name) => INVARIANTS[name])).toContain(
      violation === null ? null : INVARIANTS[violation.invariant],
    );
  });

  it('has a defect for each invariant', () => {
    const violated = new Set([...SEEDED_BUGS.values()].map(({ violates: [first] }) => first));
    const all = Object.keys(INVARIANTS) as Invariant[];
    expect(all.filter((name) => !violated.has(name))).toEqual([]);
  });
});
