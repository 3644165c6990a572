/** The time of one attempt, and what ends it before the receiver does. */
export interface Watch {
  /** Null unless time ran out or the mock was stopped. */
  readonly endedBy: 'time' | 'interruption' | null;
  elapsedMs(): number;
  /** Called once, at once if it is too late already. */
  onEarlyEnd(breakOff: () => void): void;
  interrupt(): void;
  /** To be called when the attempt is over. */
  end(): void;
}

/** Node turns longer timers into immediate ones. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Timers run before what the network has brought is read. An answer that came in time while this process was busy is
 * still taken: being slow ourselves is nothing to blame the receiver for. It takes one round of the event loop to read
 * what came, another to see that it was the end, and one to be sure.
 */
const LAST_LOOKS = 3;

export function startWatch(limitMs: number): Watch {
  const startedAt = performance.now();
  let endedBy: Watch['endedBy'] = null;
  let breakOff: (() => void) | undefined;
  let lastLook: NodeJS.Immediate | undefined;

  function stop(cause: 'time' | 'interruption'): void {
    if (endedBy !== null) return;
    endedBy = cause;
    breakOff?.();
  }

  function lookOnce(more: number): void {
    if (more === 0) stop('time');
    else lastLook = setImmediate(lookOnce, more - 1);
  }

  const timer = setTimeout(lookOnce, Math.min(limitMs, LONGEST_TIMER_MS), LAST_LOOKS);

  return {
    get endedBy() {
      return endedBy;
    },
    elapsedMs: () => Math.round(performance.now() - startedAt),
    onEarlyEnd(action) {
      breakOff = action;
      if (endedBy !== null) action();
    },
    interrupt: () => stop('interruption'),
    end() {
      clearTimeout(timer);
      clearImmediate(lastLook);
    },
  };
}
