import type { Conditions, Deed } from './deeds.ts';
import type { Violation } from './invariants/violation.ts';

/** A failing world with as few deeds and replicas as were found to be enough. */
export interface Shrunk {
  readonly conditions: Conditions;
  readonly deeds: readonly Deed[];
  /** The violation of the smaller world. */
  readonly smallest: Violation;
  readonly runs: number;
}

export interface Shrinkable {
  readonly conditions: Conditions;
  readonly deeds: readonly Deed[];
  readonly violation: Violation;
}

/** Runs a world again with other deeds and another number of replicas. */
export type RunAgain = (deeds: readonly Deed[], replicas: number) => Promise<Violation | null>;

const MOST_RUNS = 400;

/**
 * Leaves out deeds and replicas for as long as the same invariant is violated: halves first, then smaller and smaller
 * pieces, until no single deed can be left out.
 */
export async function shrink(failing: Shrinkable, runAgain: RunAgain): Promise<Shrunk> {
  let { deeds, violation: smallest } = failing;
  let { replicas } = failing.conditions;
  let runs = 0;

  async function fails(fewer: readonly Deed[], count: number): Promise<boolean> {
    if (runs >= MOST_RUNS) return false;
    runs += 1;
    const violation = await runAgain(fewer, count);
    if (violation?.invariant !== failing.violation.invariant) return false;
    deeds = fewer;
    replicas = count;
    smallest = violation;
    return true;
  }

  for (let size = Math.ceil(deeds.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < deeds.length && runs < MOST_RUNS; ) {
      const fewer = [...deeds.slice(0, from), ...deeds.slice(from + size)];
      // What follows has moved to this place if it could be left out.
      if (!(await fails(fewer, replicas))) from += size;
    }
  }
  for (let count = 1; count < replicas; count++) if (await fails(deeds, count)) break;
  return { conditions: { ...failing.conditions, replicas }, deeds, smallest, runs };
}
