/** How long the event loop is blocked at a time. Steps are not interrupted, so they must be short. */
const SLICE_MS = 4;

/** Runs steps in slices of a few milliseconds, so that other work waits at most for one slice. */
export async function takeInSlices<Result>(
  steps: Iterator<unknown, Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    do {
      const { done, value } = steps.next();
      if (done === true) return value;
    } while (performance.now() < until);
    // Pending requests are handled before the next slice.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) {
      steps.return?.();
      signal.throwIfAborted();
    }
  }
}

/** Returns whether a value is an iterator of steps, rather than a result. */
export function isSteps(value: unknown): value is Iterator<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}
