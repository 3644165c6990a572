import type { DeliveryId } from '../core/types.ts';

/** A delivery that the courier has. It is queued until its attempt begins, and in flight until it ends. */
export interface Flight {
  /** Called when its attempt begins. @param nextAt when something can follow from the way it ends */
  begin(nextAt: number): void;
  /** Settles it. @param hasTimedOut whether the receiver did not answer in time */
  end(hasTimedOut: boolean): void;
}

/**
 * The one book about deliveries that the courier has. The clock reads it while it moves time: a receiver that answers is
 * waited for at each moment, so that the order of events is the same in every run. A receiver that hangs is not: time
 * advances to the moment at which something can follow from its silence, so that hung receivers are waited for in
 * parallel.
 * @typeParam Owner what the deliveries belong to: a task
 */
export interface Flights<Owner> {
  /** @param now the moment at which it is handed over: time does not advance before its turn */
  open(owner: Owner, id: DeliveryId, origin: string, now: number): Flight;
  has(owner: Owner, id: DeliveryId): boolean;
  readonly size: number;
  /** Resolves when no delivery is left. */
  settled(): Promise<void>;
  /** Resolves when every delivery that is left hangs. */
  allHung(): Promise<void>;
  /** Resolves when a delivery has ended, at once when none is left. */
  changed(): Promise<void>;
  /** The moment that time must not reach yet; null when no delivery is left. */
  limit(): number | null;
  /** Forgets which receivers hang. */
  forget(): void;
}

/** A class: closures for each of a hundred thousand queued deliveries would cost more memory. */
class State<Owner> implements Flight {
  nextAt: number;
  hangs = false;
  ticks = 0;
  readonly owner: Owner;
  readonly id: DeliveryId;
  readonly origin: string;
  readonly #book: Book<Owner>;

  constructor(owner: Owner, id: DeliveryId, origin: string, nextAt: number, book: Book<Owner>) {
    this.owner = owner;
    this.id = id;
    this.origin = origin;
    this.nextAt = nextAt;
    this.#book = book;
  }

  begin(nextAt: number): void {
    this.nextAt = nextAt;
    this.#book.began(this);
  }

  end(hasTimedOut: boolean): void {
    this.#book.ended(this, hasTimedOut);
  }
}

interface Book<Owner> {
  began(state: State<Owner>): void;
  ended(state: State<Owner>, hasTimedOut: boolean): void;
}

/** A receiver hangs after this many ticks. Counted in ticks, because a stall of this process must not count. */
const PATIENCE_TICKS = 5;
const TICK_MS = 50;

/** Runs something again and again, wall time. @returns a function that ends it */
export type Every = (durationMs: number, run: () => void) => () => void;

const EVERY: Every = (durationMs, run) => {
  const timer = setInterval(run, durationMs);
  return () => clearInterval(timer);
};

/** @param every counts the time that receivers have to answer; with a timer of this process by default */
export function createFlights<Owner>(every: Every = EVERY): Flights<Owner> {
  const byOwner = new Map<Owner, State<Owner>[]>();
  const patience = createPatience(every);
  const ended = createWaiters();
  let size = 0;

  function remove(state: State<Owner>): void {
    const { owner } = state;
    size -= 1;
    const states = byOwner.get(owner) ?? [];
    if (states.length <= 1) byOwner.delete(owner);
    else states.splice(states.indexOf(state), 1);
  }

  const book: Book<Owner> = {
    began: patience.began,
    ended(state, hasTimedOut) {
      remove(state);
      patience.ended(state, hasTimedOut);
      ended.wake();
    },
  };

  return {
    open(owner, id, origin, now) {
      const state = new State(owner, id, origin, now, book);
      const states = byOwner.get(owner);
      if (states === undefined) byOwner.set(owner, [state]);
      else states.push(state);
      size += 1;
      patience.add();
      return state;
    },
    has: (owner, id) => byOwner.get(owner)?.some((state) => state.id === id) === true,
    get size() {
      return size;
    },
    async settled() {
      while (size > 0) await ended.next();
    },
    allHung: patience.allHung,
    changed: () => (size === 0 ? Promise.resolve() : ended.next()),
    limit() {
      if (size === 0) return null;
      let limit = Number.POSITIVE_INFINITY;
      for (const states of byOwner.values()) {
        for (const { nextAt } of states) limit = Math.min(limit, nextAt);
      }
      return limit;
    },
    forget: patience.forget,
  };
}

/** The properties of a delivery that show whether its receiver hangs. */
interface Observed {
  readonly origin: string;
  hangs: boolean;
  ticks: number;
}

/** Tells receivers that hang from those that answer. */
function createPatience(every: Every) {
  /** Where the last attempt hung: the next one to the same origin is not waited for. */
  const hungOrigins = new Set<string>();
  /** The attempts in flight that are not known to hang: few, however many deliveries are queued. */
  const answering = new Set<Observed>();
  const quiet = createWaiters();
  /** Number of deliveries that are not known to hang. */
  let lively = 0;
  let watchers = 0;
  let stop: (() => void) | null = null;

  function drop(state: Observed): void {
    answering.delete(state);
    lively -= 1;
    if (lively === 0) quiet.wake();
  }

  function markHung(state: Observed): void {
    state.hangs = true;
    hungOrigins.add(state.origin);
    drop(state);
  }

  function tick(): void {
    for (const state of answering) {
      state.ticks += 1;
      if (state.ticks >= PATIENCE_TICKS) markHung(state);
    }
  }

  return {
    add() {
      lively += 1;
    },
    began(state: Observed) {
      if (hungOrigins.size > 0 && hungOrigins.has(state.origin)) markHung(state);
      else answering.add(state);
    },
    ended(state: Observed, hasTimedOut: boolean) {
      if (!hasTimedOut) hungOrigins.delete(state.origin);
      if (!state.hangs) drop(state);
    },
    async allHung() {
      if (lively === 0) return;
      watchers += 1;
      stop ??= every(TICK_MS, tick);
      try {
        while (lively > 0) await quiet.next();
      } finally {
        watchers -= 1;
        if (watchers === 0) {
          stop?.();
          stop = null;
        }
      }
    },
    forget: () => hungOrigins.clear(),
  };
}

function createWaiters() {
  let waiters: (() => void)[] = [];
  return {
    next: (): Promise<void> => new Promise((resolve) => waiters.push(resolve)),
    wake(): void {
      if (waiters.length === 0) return;
      const woken = waiters;
      waiters = [];
      for (const resolve of woken) resolve();
    },
  };
}
