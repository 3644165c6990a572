import { LONGEST_TIMER_MS } from '../core/longest-timer.ts';
/** Measures one attempt, and ends it before the receiver does when its time is over or the mock stops. */
export interface AttemptTimer {
  /** Null unless time ran out or the mock was stopped. */
  readonly endedBy: 'time' | 'interruption' | null;
  elapsedMs(): number;
  /** Sets what ends the attempt early; it is called once, at once if the attempt has already ended. */
  onEarlyEnd(breakOff: () => void): void;
  /** Must be called when the attempt is over. */
  end(): void;
}

/** The timers of all attempts that are running. */
export interface AttemptTimers {
  start(limitMs: number): AttemptTimer;
  /** Ends every attempt as interrupted. */
  interrupt(): void;
}

/**
 * Timers run before data from the network is read. An answer that arrived in time while this process was busy still
 * counts: its delay is not the receiver's. One round of the event loop reads what arrived, a second one sees that it was
 * the end, and a third one makes sure.
 */
const LAST_LOOKS = 3;

export function createAttemptTimers(): AttemptTimers {
  const running = new Set<RunningTimer>();
  return {
    start(limitMs) {
      const timer = new RunningTimer(limitMs, (ended) => running.delete(ended));
      running.add(timer);
      return timer;
    },
    interrupt() {
      for (const timer of running) timer.stop('interruption');
    },
  };
}

/** A class, because there is one for each callback, and closures for each would cost more. */
class RunningTimer implements AttemptTimer {
  endedBy: AttemptTimer['endedBy'] = null;
  readonly #startedAt = performance.now();
  readonly #forget: (timer: RunningTimer) => void;
  readonly #timer: NodeJS.Timeout;
  #breakOff: (() => void) | undefined;
  #lastLook: NodeJS.Immediate | undefined;

  constructor(limitMs: number, forget: (timer: RunningTimer) => void) {
    this.#forget = forget;
    this.#timer = setTimeout(lookOnce, Math.min(limitMs, LONGEST_TIMER_MS), this, LAST_LOOKS);
  }

  elapsedMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }

  onEarlyEnd(breakOff: () => void): void {
    this.#breakOff = breakOff;
    if (this.endedBy !== null) breakOff();
  }

  stop(cause: 'time' | 'interruption'): void {
    if (this.endedBy !== null) return;
    this.endedBy = cause;
    this.#breakOff?.();
  }

  look(more: number): void {
    if (more === 0) this.stop('time');
    else this.#lastLook = setImmediate(lookOnce, this, more - 1);
  }

  end(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#lastLook);
    this.#forget(this);
  }
}

function lookOnce(timer: RunningTimer, more: number): void {
  timer.look(more);
}
