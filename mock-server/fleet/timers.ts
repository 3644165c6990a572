/** The timers of a replica, which do not keep the process alive. */
export interface Timers {
  /** Runs something again and again. @returns a function that ends it */
  every(durationMs: number, run: () => void): () => void;
  /** Runs something once. */
  after(durationMs: number, run: () => void): void;
}

export const TIMERS: Timers = {
  every(durationMs, run) {
    const timer = setInterval(run, durationMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  after: (durationMs, run) => void setTimeout(run, durationMs).unref(),
};
