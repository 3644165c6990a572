/** A POST that is with the courier. */
export interface Flight {
  readonly origin: string;
  /** To be called when its turn has come. @param nextAt when something can follow from how it ends */
  begin(nextAt: number): void;
  /** @param hasTimedOut whether the receiver let it wait until its time was up */
  end(hasTimedOut: boolean): void;
}

/**
 * The POSTs under way, as whoever moves time sees them. A receiver that answers is waited for at each moment, so that
 * the order of what happens is the same in every run. One that hangs is not: time goes on to the moment at which
 * something can follow from its silence, so that many hung receivers are waited for together.
 */
export interface Flights {
  /** @param now the moment at which it was handed over: until its turn, time must not go on */
  open(origin: string, now: number): Flight;
  /** Resolves when all that is under way hangs. */
  calm(): Promise<void>;
  /** Resolves when a POST has ended, at once when none is under way. */
  changed(): Promise<void>;
  /** The moment that time must not reach meanwhile; null when nothing is under way. */
  limit(): number | null;
  /** Forgets which receivers hang. */
  forget(): void;
}

interface State {
  readonly origin: string;
  nextAt: number;
  hasBegun: boolean;
  hangs: boolean;
  ticks: number;
}

/** A receiver hangs after so many ticks. In ticks, because a stall of this process is no fault of the receiver's. */
const PATIENCE_TICKS = 5;
const TICK_MS = 50;

export function createFlights(): Flights {
  const open = new Set<State>();
  /** Where a POST hung last: the next one there is not waited for. */
  const hungOrigins = new Set<string>();
  let waiters: (() => void)[] = [];
  /** How many of those under way do not hang, as far as is known. */
  let lively = 0;
  let watchers = 0;
  let timer: NodeJS.Timeout | undefined;

  function wake(): void {
    const woken = waiters;
    waiters = [];
    for (const resolve of woken) resolve();
  }

  function next(): Promise<void> {
    return new Promise((resolve) => waiters.push(resolve));
  }

  function markHung(state: State): void {
    if (state.hangs) return;
    state.hangs = true;
    lively -= 1;
    hungOrigins.add(state.origin);
    if (lively === 0) wake();
  }

  function tick(): void {
    for (const state of open) {
      if (!state.hasBegun || state.hangs) continue;
      state.ticks += 1;
      if (state.ticks >= PATIENCE_TICKS) markHung(state);
    }
  }

  function watch(): void {
    watchers += 1;
    timer ??= setInterval(tick, TICK_MS);
  }

  function unwatch(): void {
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    open(origin, now) {
      const state: State = { origin, nextAt: now, hasBegun: false, hangs: false, ticks: 0 };
      open.add(state);
      lively += 1;
      return {
        origin,
        begin(nextAt) {
          state.nextAt = nextAt;
          state.hasBegun = true;
          if (hungOrigins.has(origin)) markHung(state);
        },
        end(hasTimedOut) {
          open.delete(state);
          if (!state.hangs) lively -= 1;
          if (!hasTimedOut) hungOrigins.delete(origin);
          wake();
        },
      };
    },
    async calm() {
      if (lively === 0) return;
      watch();
      try {
        while (lively > 0) await next();
      } finally {
        unwatch();
      }
    },
    changed: () => (open.size === 0 ? Promise.resolve() : next()),
    limit() {
      if (open.size === 0) return null;
      let limit = Number.POSITIVE_INFINITY;
      for (const { nextAt } of open) limit = Math.min(limit, nextAt);
      return limit;
    },
    forget: () => hungOrigins.clear(),
  };
}
