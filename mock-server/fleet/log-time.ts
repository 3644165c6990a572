/** The time of a log, estimated from the times in its replies. */
export interface LogTime {
  /** Takes note of a time that the log has just sent. */
  sample(wallAt: number): void;
  /** Never later than the true time of the log, and behind it by the time that its fastest reply was on its way. */
  now(): number;
}

/** The clocks of two machines drift apart, so that old samples must not count. */
const WINDOW_MS = 30_000;

/** @param monotonic the time of this process, which is never set back */
export function createLogTime(monotonic: () => number = () => performance.now()): LogTime {
  let best: number | null = null;
  let latest: number | null = null;
  let windowFrom = 0;

  return {
    sample(wallAt) {
      const at = monotonic();
      const offset = wallAt - at;
      if (at - windowFrom > WINDOW_MS) {
        windowFrom = at;
        best = latest;
        latest = null;
      }
      latest = Math.max(latest ?? offset, offset);
      best = Math.max(best ?? offset, offset);
    },
    now: () => Math.floor(monotonic() + (best ?? 0)),
  };
}
