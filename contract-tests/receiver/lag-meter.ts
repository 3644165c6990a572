/** Measures how long this process itself was held up, so that its own delay is not taken for the receiver's. */
export interface LagMeter {
  /** The longest stall since a moment; milliseconds. @param sinceMs of `performance.now()` */
  longestStallMs(sinceMs: number): number;
  close(): void;
}

const EVERY_MS = 20;
/** Shorter delays are usual and not kept. */
const NOTABLE_MS = 30;
const KEPT = 2000;

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
