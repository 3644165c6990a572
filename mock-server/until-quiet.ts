import { CodedError } from './core/coded-error.ts';
import { formatDuration } from './core/duration.ts';
import type { OpenRequest, Traffic } from './http/traffic.ts';
import type { Journal } from './journal/journal.ts';
import type { PackedEntry } from './journal/journal-entry.ts';
import type { DurationOption } from './options.ts';

/** Options of `quiet()`. */
export interface QuietOptions {
  /** Time without activity, wall time; use a longer one for receivers with longer pauses (default: 200ms). */
  readonly quietFor?: DurationOption;
  /** Longest time to wait, wall time (default: 5s). */
  readonly timeout?: DurationOption;
}

/** Shortest interval between checks, so that a `quietFor` of 0 does not block the event loop. */
const SHORTEST_LOOK_MS = 10;

interface Watched {
  readonly journal: Pick<Journal, 'subscribe'>;
  readonly traffic: Traffic;
  /** Returns the number of callback attempts in flight. */
  readonly attempts: () => number;
}

/** Entries that a client or receiver causes or is about to answer. */
const ACTIVITY: ReadonlySet<PackedEntry['type']> = new Set<PackedEntry['type']>([
  'request.answered',
  'media.served',
  'attempt.started',
  'attempt.ended',
]);

/**
 * Resolves when, for `quietForMs`, no callback attempt, call or download was in flight, began or ended.
 * @throws {CodedError} NOT_QUIET when that does not happen within `timeoutMs`
 */
export async function untilQuiet(
  { journal, traffic, attempts }: Watched,
  { quietForMs, timeoutMs }: { readonly quietForMs: number; readonly timeoutMs: number },
): Promise<void> {
  let lastAt = performance.now();
  const touch = (): void => {
    lastAt = performance.now();
  };
  const endings = [journal.subscribe(({ type }) => ACTIVITY.has(type) && touch()), traffic.onClose(touch)];
  const deadline = lastAt + timeoutMs;
  try {
    for (;;) {
      const now = performance.now();
      const isBusy = attempts() > 0 || traffic.open.size > 0;
      // The quiet time starts again when the last activity ends.
      const quietAt = isBusy ? now + Math.max(quietForMs, SHORTEST_LOOK_MS) : lastAt + quietForMs;
      if (quietAt <= now) return;
      if (now >= deadline) throw notQuiet({ quietForMs, timeoutMs }, attempts(), traffic.open);
      await delay(Math.min(quietAt, deadline) - now);
    }
  } finally {
    for (const end of endings) end();
  }
}

function notQuiet(
  { quietForMs, timeoutMs }: { readonly quietForMs: number; readonly timeoutMs: number },
  attempts: number,
  open: ReadonlySet<OpenRequest>,
): CodedError {
  const requests = [...open].map(({ method, path }) => `${method} ${path}`);
  const inFlight = [...(attempts > 0 ? [`${attempts} callback attempts`] : []), ...requests];
  const why = inFlight.length > 0 ? `still in flight: ${inFlight.join(', ')}` : 'requests kept arriving';
  return new CodedError(
    'NOT_QUIET',
    `the mock was not quiet for ${formatDuration(quietForMs)} within ${formatDuration(timeoutMs)}; ${why}`,
    'Raise the `timeout` of quiet(), or find the source of the activity in the journal.',
  );
}

function delay(durationMs: number): Promise<void> {
  // Timers can fire slightly early by the monotonic clock.
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(durationMs)));
}
