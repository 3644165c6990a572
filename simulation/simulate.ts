import type { LoadedPacks } from '../mock-server/packs/loaded-packs.ts';
import type { Conditions, Deed } from './deeds.ts';
import type { Violation } from './invariants/violation.ts';
import { type Shrunk, shrink } from './shrink.ts';
import type { Tampering } from './tampering.ts';
import { runWorld, type WorldCounts } from './world.ts';

export interface SimulationInput {
  readonly packs: LoadedPacks;
  /** Tasks that are submitted in all worlds together. */
  readonly lives: number;
  /** The seed of the first world; the others follow. */
  readonly seed: number;
  readonly tampering?: Tampering;
  readonly conditions?: Partial<Conditions>;
  /** In place of those that follow from the seed. */
  readonly deeds?: readonly Deed[] | undefined;
  /** Called after each world. */
  readonly onWorld?: (done: SimulationCounts) => void;
}

export interface SimulationCounts extends WorldCounts {
  readonly worlds: number;
  readonly lives: number;
}

export interface Failure extends Shrunk {
  readonly seed: number;
  readonly lives: number;
  readonly violation: Violation;
}

export interface SimulationResult {
  readonly counts: SimulationCounts;
  readonly failure: Failure | null;
}

/** The tasks of one world: enough to disturb each other, few enough to read. */
const LIVES_PER_WORLD = 100;

/** Runs one world after the other, and ends at the first violation. */
export async function simulate(input: SimulationInput): Promise<SimulationResult> {
  const { packs, lives, seed, tampering = {}, conditions = {}, deeds, onWorld = () => undefined } = input;
  let counts: SimulationCounts = {
    ...{ worlds: 0, lives: 0, steps: 0, answered: 0, entries: 0 },
    ...{ commands: 0, posts: 0, snapshots: 0, starts: 0 },
  };
  for (let left = lives, n = seed; left > 0; left -= LIVES_PER_WORLD, n += 1) {
    const own = Math.min(left, LIVES_PER_WORLD);
    const world = {
      seed: String(n),
      lives: own,
      packs,
      tampering,
      conditions,
      ...(deeds === undefined ? {} : { deeds }),
    };
    const result = await runWorld(world);
    counts = addCounts(counts, { worlds: 1, lives: own, ...result.counts });
    onWorld(counts);
    const { violation } = result;
    if (violation === null) continue;
    const runAgain = async (fewer: readonly Deed[], replicas: number): Promise<Violation | null> => {
      const smaller = { ...result.conditions, replicas };
      return (await runWorld({ ...world, deeds: fewer, conditions: smaller })).violation;
    };
    const shrunk = await shrink({ ...result, violation }, runAgain);
    return { counts, failure: { ...shrunk, seed: n, lives: own, violation } };
  }
  return { counts, failure: null };
}

function addCounts(a: SimulationCounts, b: SimulationCounts): SimulationCounts {
  return {
    worlds: a.worlds + b.worlds,
    lives: a.lives + b.lives,
    steps: a.steps + b.steps,
    answered: a.answered + b.answered,
    entries: a.entries + b.entries,
    commands: a.commands + b.commands,
    posts: a.posts + b.posts,
    snapshots: a.snapshots + b.snapshots,
    starts: a.starts + b.starts,
  };
}
