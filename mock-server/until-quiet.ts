import { CodedError } from './core/coded-error.ts';
import { formatDuration } from './core/duration.ts';
import type { OpenRequest, Traffic } from './http/traffic.ts';
import type { DurationOption } from './options.ts';
import type { Journal } from './runtime/journal.ts';
import type { JournalRecord } from './runtime/journal-record.ts';

/** Options of `quiet()`. */
export interface QuietOptions {
  /** Time without activity, wall time; use more for receivers with longer pauses (default: 200ms). */
  readonly quietFor?: DurationOption;
  /** Longest wait, wall time (default: 5s). */
  readonly timeout?: DurationOption;
}

/** A quiet time of nothing must not keep the event loop busy. */
const SHORTEST_LOOK_MS = 10;

interface Watched {
  readonly journal: Pick<Journal, 'subscribe'>;
  readonly traffic: Traffic;
  /** Callback attempts in flight. */
  readonly attempts: () => number;
}

/** Entries that a client or a receiver causes, or that it is about to answer. */
const ACTIVITY: ReadonlySet<JournalRecord['type']> = new Set<JournalRecord['type']>([
  'request.answered',
  'media.served',
  'attempt.started',
  'attempt.ended',
]);

/**
 * Resolves when for `quietForMs` no callback attempt, call or download was in flight and none began or ended.
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
      // The end of what is in flight begins the quiet time anew.
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
  const why =
    inFlight.length > 0 ? `still in flight: ${inFlight.join(', ')}` : 'it was called again and again';
  return new CodedError(
    'NOT_QUIET',
    `The mock was not quiet for ${formatDuration(quietForMs)} within ${formatDuration(timeoutMs)}; ${why}`,
    'Give quiet() a longer timeout, or look at the journal for what goes on.',
  );
}

function delay(durationMs: number): Promise<void> {
  // Timers may end a moment too early by the other clock.
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(durationMs)));
}
