/** A POST that has been passed to the courier. */
export interface Flight {
  readonly origin: string;
  /** Must be called when the attempt starts. @param nextAt when its result can have a consequence */
  begin(nextAt: number): void;
  /** Must be called when the attempt has ended. @param hasTimedOut whether the ack timeout expired */
  end(hasTimedOut: boolean): void;
}

/**
 * The POSTs in flight, as seen by the clock. The clock waits for responsive receivers at each moment, so that events
 * happen in the same order in every run. It does not wait for a hung receiver: time moves to the moment at which its
 * timeout can have a consequence, so that many hung receivers are waited for at once.
 */
export interface Flights {
  /**
   * Adds a POST that was passed to the courier.
   * @param now the current time, which must not advance before the attempt starts
   */
  open(origin: string, now: number): Flight;
  /** Resolves when every POST in flight is hung. */
  allHung(): Promise<void>;
  /** Resolves when a POST has ended, immediately when none is in flight. */
  changed(): Promise<void>;
  /** The moment that time must not reach while POSTs are in flight; null when nothing is in flight. */
  limit(): number | null;
  /** Clears the set of receivers that hang. */
  forget(): void;
}

interface State {
  readonly origin: string;
  nextAt: number;
  hasBegun: boolean;
  hangs: boolean;
  ticks: number;
}

/**
 * A receiver counts as hung after this many ticks. Measured in ticks, so that a stall of this process does not count
 * against the receiver.
 */
const HUNG_AFTER_TICKS = 5;
const TICK_MS = 50;

export function createFlights(): Flights {
  const open = new Set<State>();
  /** Origins whose latest POST hung. The clock does not wait for the next POST to them. */
  const hungOrigins = new Set<string>();
  let waiters: (() => void)[] = [];
  /** The number of POSTs in flight that are not known to hang. */
  let responsive = 0;
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
    responsive -= 1;
    hungOrigins.add(state.origin);
    if (responsive === 0) wake();
  }

  function tick(): void {
    for (const state of open) {
      if (!state.hasBegun || state.hangs) continue;
      state.ticks += 1;
      if (state.ticks >= HUNG_AFTER_TICKS) markHung(state);
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
      responsive += 1;
      return {
        origin,
        begin(nextAt) {
          state.nextAt = nextAt;
          state.hasBegun = true;
          if (hungOrigins.has(origin)) markHung(state);
        },
        end(hasTimedOut) {
          open.delete(state);
          if (!state.hangs) responsive -= 1;
          if (!hasTimedOut) hungOrigins.delete(origin);
          wake();
        },
      };
    },
    async allHung() {
      if (responsive === 0) return;
      watch();
      try {
        while (responsive > 0) await next();
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
