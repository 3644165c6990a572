/** Speed of a receiver, learned from its callbacks, and the waiting times derived from it. */
export interface Pace {
  /**
   * Records the time that an idle receiver took for one callback: from its acknowledgement to the first media request,
   * and to the last byte; milliseconds.
   */
  learn(firstMs: number, lastMs: number): void;
  /** Records the time of a callback while others were being processed: it extends the patience, but not the settle time. */
  learnUnderLoad(lastMs: number): void;
  /** Quiet period after which a receiver that appeared to finish counts as finished. */
  readonly settleMs: number;
  /** Time without progress after which the judge stops waiting. */
  readonly patienceMs: number;
}

const SHORTEST_SETTLE_MS = 250;
const LONGEST_SETTLE_MS = 5000;
const SHORTEST_PATIENCE_MS = 3000;
const LONGEST_PATIENCE_MS = 60_000;

/** Creates a pace. @param fixedMs fixed waiting time from the user, which replaces the learned times */
export function createPace(fixedMs: number | null): Pace {
  let first = 0;
  let last = 0;
  return {
    learn(firstMs, lastMs) {
      first = Math.max(first, firstMs);
      last = Math.max(last, lastMs);
    },
    learnUnderLoad(lastMs) {
      last = Math.max(last, lastMs);
    },
    get settleMs() {
      return fixedMs ?? Math.round(clamp(1.5 * first, SHORTEST_SETTLE_MS, LONGEST_SETTLE_MS));
    },
    get patienceMs() {
      return fixedMs ?? Math.round(clamp(10 * last, SHORTEST_PATIENCE_MS, LONGEST_PATIENCE_MS));
    },
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
