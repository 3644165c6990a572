/** How fast a receiver works, learned from its callbacks, and how long that makes it worth waiting. */
export interface Pace {
  /**
   * Takes what one callback to an idle receiver took: from its acknowledgement to the first request for its media, and
   * to the last byte; milliseconds.
   */
  learn(firstMs: number, lastMs: number): void;
  /** Takes what a callback took while others were being handled: it is worth more patience, not longer settling. */
  learnUnderLoad(lastMs: number): void;
  /** Time without anything happening after which a receiver that was seen to finish has finished. */
  readonly settleMs: number;
  /** Time without any progress after which waiting ends. */
  readonly patienceMs: number;
}

const SHORTEST_SETTLE_MS = 250;
const LONGEST_SETTLE_MS = 5000;
const SHORTEST_PATIENCE_MS = 3000;
const LONGEST_PATIENCE_MS = 60_000;

/** @param fixedMs set by the user in place of everything learned */
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
