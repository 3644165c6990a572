import { CodedError } from '../core/coded-error.ts';

export type ClockMode = 'real' | 'virtual' | 'polls';

/** What a clock drives. */
export interface Driven {
  /** The earliest moment at which something is due; null when nothing is. */
  nextAt(): number | null;
  /** Does all that is due at or before `now`. Starts deliveries, does not wait for them. */
  runDue(now: number): void;
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>;
}

/** Service time. `real` follows the wall clock, `virtual` and `polls` stand still until they are moved. */
export interface Clock {
  readonly mode: ClockMode;
  /** Service time in epoch milliseconds. */
  now(): number;
  /** Wall time, where receivers and clients live. */
  wallNow(): number;
  /** Hands over what is due to something; a clock drives one thing. */
  drive(driven: Driven): void;
  /** To be called when something new may be due. */
  touch(): void;
  /**
   * Moves time forward and visits every due moment on the way, in order. Resolves when all that fell due,
   * deliveries and the retries that fell due with them included, has happened.
   * @throws {CodedError} CLOCK_BACKWARDS, CLOCK_ENDLESS
   */
  advance(durationMs: number): Promise<void>;
  moveTo(at: number): Promise<void>;
  /** Moves time to a moment without waiting for what it sets off: what a read does on the `polls` clock. */
  jump(at: number): void;
  /** Goes on from a moment that an earlier run had reached. */
  resume(moment: { readonly at: number; readonly wallAt: number }): void;
  /** Back to where it began. */
  reset(): void;
  close(): void;
}

/** Where virtual time begins, so that the same seed gives the same bytes on any day. */
export const VIRTUAL_EPOCH = Date.UTC(2026, 0, 1);

/** Rounds at one and the same moment before advancing is given up: something keeps making itself due again. */
const MOMENT_LIMIT = 10_000;

/** Node turns longer timers into immediate ones; farther moments are waited for in hops. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const IDLE: Driven = { nextAt: () => null, runDue: () => undefined, settled: () => Promise.resolve() };

export function createClock(mode: ClockMode, startAt: number | null = null): Clock {
  const real = mode === 'real';
  // Monotonic: a correction of the machine's clock must not make tasks jump.
  const wallNow = (): number => Math.round(performance.timeOrigin + performance.now());
  let offsetMs = 0;
  let stoppedAt: number | null = null;
  let driven = IDLE;
  let timer: NodeJS.Timeout | undefined;
  let armedFor: number | null = null;
  let running = false;
  let moves: Promise<unknown> = Promise.resolve();
  let closed = false;

  function reset(): void {
    offsetMs = startAt === null ? 0 : startAt - wallNow();
    stoppedAt = real ? null : (startAt ?? VIRTUAL_EPOCH);
  }
  reset();

  const now = (): number => stoppedAt ?? wallNow() + offsetMs;

  function touch(): void {
    if (running || closed) return;
    running = true;
    try {
      const nextAt = driven.nextAt();
      if (nextAt !== null && nextAt <= now()) driven.runDue(now());
    } finally {
      running = false;
    }
    arm();
  }

  function arm(): void {
    const nextAt = stoppedAt === null ? driven.nextAt() : null;
    if (nextAt === armedFor) return;
    clearTimeout(timer);
    armedFor = nextAt;
    if (nextAt === null) return;
    timer = setTimeout(wake, Math.min(Math.max(1, nextAt - now()), LONGEST_TIMER_MS));
  }

  function wake(): void {
    armedFor = null;
    touch();
  }

  async function visitUntil(target: number): Promise<void> {
    let rounds = 0;
    for (;;) {
      await driven.settled();
      const nextAt = driven.nextAt();
      if (nextAt === null || nextAt > target || closed) return;
      const from = now();
      rounds = nextAt > from ? 0 : rounds + 1;
      if (rounds > MOMENT_LIMIT) throw endless(from);
      stoppedAt = Math.max(from, nextAt);
      touch();
    }
  }

  async function moveTo(target: number): Promise<void> {
    const from = now();
    if (target < from) throw backwards(from, target);
    stoppedAt = from;
    arm();
    try {
      await visitUntil(target);
      stoppedAt = target;
    } finally {
      if (real) {
        offsetMs = (stoppedAt ?? target) - wallNow();
        stoppedAt = null;
      }
      touch();
    }
  }

  /** Moves run one after the other, whatever became of the one before. */
  function inTurn(move: () => Promise<void>): Promise<void> {
    const turn = moves.then(move);
    moves = turn.catch(() => undefined);
    return turn;
  }

  return {
    mode,
    now,
    wallNow,
    drive(next) {
      driven = next;
    },
    touch,
    advance: (durationMs) => inTurn(() => moveTo(now() + durationMs)),
    moveTo: (at) => inTurn(() => moveTo(at)),
    jump(at) {
      if (stoppedAt === null || at <= stoppedAt) return;
      for (let nextAt = driven.nextAt(); nextAt !== null && nextAt < at; nextAt = driven.nextAt()) {
        stoppedAt = Math.max(stoppedAt, nextAt);
        touch();
      }
      stoppedAt = at;
      touch();
    },
    resume({ at, wallAt }) {
      if (real) offsetMs = at - wallAt;
      else stoppedAt = at;
    },
    reset,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function backwards(from: number, target: number): CodedError {
  return new CodedError(
    'CLOCK_BACKWARDS',
    `it is ${new Date(from).toISOString()} already, so the clock cannot be set to ${new Date(target).toISOString()}`,
    'Advance it, or reset the mock for a clean slate.',
  );
}

function endless(at: number): CodedError {
  return new CodedError(
    'CLOCK_ENDLESS',
    `something was due ${MOMENT_LIMIT} times over at ${new Date(at).toISOString()}`,
    'Give retries a gap above 0, or report this as a defect.',
  );
}
