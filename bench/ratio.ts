import { median } from './median.ts';

/** A median with the lowest and highest round. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/**
 * Divides ours by theirs, round by round. Both sides of a round ran one directly after the other, so that other load
 * affects both and cancels out.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} rounds against ${theirs.length}`);
  return spreadOf(ours.map((own, round) => own / (theirs[round] ?? Number.NaN)));
}
