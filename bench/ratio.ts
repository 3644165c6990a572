import { median } from './median.ts';

/** A median, and how far the rounds strayed from it. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

/**
 * Ours by theirs, round by round. The two of one round ran right after each other, so what the machine did
 * meanwhile touches both, and falls out of their ratio.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} rounds against ${theirs.length}`);
  return spreadOf(ours.map((own, round) => own / (theirs[round] ?? Number.NaN)));
}
