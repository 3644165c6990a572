/** Measures stalls of this process, so that its delays are not attributed to the receiver. */
export interface LagMeter {
  /** Returns the longest stall since a time in milliseconds. @param sinceMs value of `performance.now()` */
  longestStallMs(sinceMs: number): number;
  close(): void;
}

const EVERY_MS = 20;
/** Shorter delays are normal and are not recorded. */
const NOTABLE_MS = 30;
const KEPT = 2000;

/** Creates a meter that samples the event loop until it is closed. */
export function createLagMeter(): LagMeter {
  const stalls: { readonly atMs: number; readonly durationMs: number }[] = [];
  let expectedAtMs = performance.now() + EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    const durationMs = now - expectedAtMs;
    if (durationMs >= NOTABLE_MS) stalls.push({ atMs: now, durationMs });
    if (stalls.length > KEPT) stalls.splice(0, KEPT / 2);
    expectedAtMs = now + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return {
    longestStallMs: (sinceMs) =>
      Math.max(0, ...stalls.filter(({ atMs }) => atMs >= sinceMs).map(({ durationMs }) => durationMs)),
    close: () => clearInterval(timer),
  };
}
