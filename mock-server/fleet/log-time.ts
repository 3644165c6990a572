/** How long a measurement counts. The clocks of two machines drift apart by a few microseconds in this time. */
const WINDOW_MS = 5_000;

/** The time of the log's server, as known from its answers. Never later than its true time. */
export interface LogTime {
  /** Takes the time that an answer brought. */
  heard(serverMs: number): void;
  /** Returns the time in epoch milliseconds; never decreases. */
  now(): number;
}

/**
 * @param localNow a clock that never steps, in milliseconds
 */
export function createLogTime(localNow: () => number = () => performance.now()): LogTime {
  // An answer has been on its way for a while, so each difference is too small. The largest one is the closest.
  let recent = Number.NEGATIVE_INFINITY;
  let previous = Number.NEGATIVE_INFINITY;
  let windowEnd = Number.NEGATIVE_INFINITY;
  let last = 0;

  return {
    heard(serverMs) {
      const local = localNow();
      if (local >= windowEnd) {
        previous = recent;
        recent = Number.NEGATIVE_INFINITY;
        windowEnd = local + WINDOW_MS;
      }
      recent = Math.max(recent, serverMs - local);
    },
    now() {
      const offset = Math.max(recent, previous);
      if (offset !== Number.NEGATIVE_INFINITY) last = Math.max(last, Math.floor(localNow() + offset));
      return last;
    },
  };
}
