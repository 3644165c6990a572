/** Measures the time of one attempt, and ends it on a timeout or an interruption. */
export interface AttemptTimer {
  /** Null unless the timeout expired or the mock was stopped. */
  readonly endedBy: 'time' | 'interruption' | null;
  elapsedMs(): number;
  /** Sets the function to call on an early end; calls it immediately if that has already happened. */
  onEarlyEnd(abort: () => void): void;
  interrupt(): void;
  /** Must be called when the attempt is over. */
  end(): void;
}

/** Node fires longer timers immediately. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * How many rounds of the event loop follow the timer. Node runs timers before it reads from the network, so a response
 * that arrived in time while this process was busy is still unread. Reading it takes one round, detecting its end
 * another, and one is a margin.
 */
const EXTRA_ROUNDS = 3;

export function startAttemptTimer(limitMs: number): AttemptTimer {
  const startedAt = performance.now();
  let endedBy: AttemptTimer['endedBy'] = null;
  let abort: (() => void) | undefined;
  let extraRound: NodeJS.Immediate | undefined;

  function stop(cause: 'time' | 'interruption'): void {
    if (endedBy !== null) return;
    endedBy = cause;
    abort?.();
  }

  function waitRound(more: number): void {
    if (more === 0) stop('time');
    else extraRound = setImmediate(waitRound, more - 1);
  }

  const timer = setTimeout(waitRound, Math.min(limitMs, LONGEST_TIMER_MS), EXTRA_ROUNDS);

  return {
    get endedBy() {
      return endedBy;
    },
    elapsedMs: () => Math.round(performance.now() - startedAt),
    onEarlyEnd(action) {
      abort = action;
      if (endedBy !== null) action();
    },
    interrupt: () => stop('interruption'),
    end() {
      clearTimeout(timer);
      clearImmediate(extraRound);
    },
  };
}
