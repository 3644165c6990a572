/** How long the event loop is held at a time. A step that has begun is ended first, so steps must be short. */
const SLICE_MS = 4;

/** Takes its steps a few milliseconds at a time: whatever else the process has to do waits no longer than a slice. */
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
    // Calls that have come in meanwhile are answered before the next slice.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) {
      steps.return?.();
      signal.throwIfAborted();
    }
  }
}

/** Whether a value is a sequence of steps, to be taken in slices, rather than a result. */
export function isSteps(value: unknown): value is Iterator<unknown, unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && typeof value.next === 'function';
}
