import { ratioOf, type Spread, spreadOf } from './ratio.ts';

type Unit = '/s' | 'ms' | 'µs' | 'MB';

export interface Quantity {
  readonly value: number;
  readonly unit: Unit;
}

/** The minimum or maximum of a figure. */
export type Target =
  | { readonly type: 'atLeast'; readonly value: number }
  | { readonly type: 'atMost'; readonly value: number }
  | { readonly type: 'below'; readonly value: number };

/** One line of the result. */
export interface Row {
  readonly measure: string;
  readonly what: string;
  /** Median of the rounds. */
  readonly ours: Quantity;
  /** Null without a peer. */
  readonly peer: ({ readonly name: string } & Quantity) | null;
  /** The value that the target applies to: the ratio, or ours without a peer. */
  readonly figure: Spread & { readonly unit: 'x' | Unit };
  /** Null without a target. */
  readonly target: Target | null;
}

export type Verdict = 'pass' | 'MISSED' | null;

export function judge({ figure, target }: Pick<Row, 'figure' | 'target'>): Verdict {
  if (target === null) return null;
  return reaches(figure.median, target) ? 'pass' : 'MISSED';
}

function reaches(value: number, target: Target): boolean {
  if (target.type === 'atLeast') return value >= target.value;
  return target.type === 'atMost' ? value <= target.value : value < target.value;
}

interface Label {
  readonly measure: string;
  readonly what: string;
  readonly unit: Unit;
  readonly target: Target | null;
}

/** Builds a row that compares ours with a peer, from the rounds of both. */
export function rowAgainst(
  { measure, what, unit, target }: Label,
  ours: readonly number[],
  peer: string,
  theirs: readonly number[],
): Row {
  return {
    measure,
    what,
    ours: { value: spreadOf(ours).median, unit },
    peer: { name: peer, value: spreadOf(theirs).median, unit },
    figure: { ...ratioOf(ours, theirs), unit: 'x' },
    target,
  };
}

/** Builds a row without a peer. */
export function rowAlone({ measure, what, unit, target }: Label, ours: readonly number[]): Row {
  const figure = spreadOf(ours);
  return {
    measure,
    what,
    ours: { value: figure.median, unit },
    peer: null,
    figure: { ...figure, unit },
    target,
  };
}
