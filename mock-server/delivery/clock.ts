import { CodedError } from '../core/coded-error.ts';
import { LONGEST_TIMER_MS } from '../core/longest-timer.ts';
import type { Flights } from './flights.ts';

/**
 * How time moves: `real` follows the wall clock, `virtual` moves on request, and `polls` moves with each poll of a
 * task.
 */
export type ClockMode = 'real' | 'virtual' | 'polls';

/** The object that a clock drives. */
export interface Driven {
  /** The earliest moment at which an item is due; null if no item is due. */
  nextAt(): number | null;
  /** Runs every item due at or before `now`. Starts deliveries without waiting for them. */
  runDue(now: number): void;
  /** Resolves when no delivery is in flight. */
  settled(): Promise<void>;
  /** Distinguishes hung deliveries from others. Without it, the clock waits for all deliveries at each moment. */
  readonly flights?: Waits;
}

type Waits = Pick<Flights<unknown>, 'allHung' | 'changed' | 'limit'>;

export interface ClockMove {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Service time. `real` follows the wall clock; `virtual` and `polls` are independent of it. */
export interface Clock {
  readonly mode: ClockMode;
  /** Service time in epoch milliseconds. */
  now(): number;
  /** Wall time, which receivers and clients use. */
  wallNow(): number;
  /** The earliest moment at which an item is due; null if no item is due. */
  nextAt(): number | null;
  /** Sets the object that this clock drives, replacing the previous one. */
  drive(driven: Driven): void;
  /** Runs due items and rearms the timer. Must be called when a new item may be due. */
  touch(): void;
  /**
   * Moves time forward and visits every due moment in order. Resolves when everything that became due has happened,
   * including deliveries and the retries that became due.
   * @returns the start and end of the move; null when a reset interrupted it
   * @throws {CodedError} CLOCK_BACKWARDS, CLOCK_ENDLESS, or BAD_REQUEST for a time out of range
   */
  advance(durationMs: number): Promise<ClockMove | null>;
  moveTo(at: number): Promise<ClockMove | null>;
  /**
   * Moves time to a moment without waiting for the deliveries started on the way. Each read on the `polls` clock does
   * this.
   */
  jump(at: number): void;
  /** Continues from the moment that a previous run had reached. */
  resume(moment: { readonly at: number; readonly wallAt: number }): void;
  /** Returns to the start time. */
  reset(): void;
  close(): void;
}

/** The start of virtual time. Fixed, so that the same seed gives the same bytes on any day. */
export const VIRTUAL_EPOCH = Date.UTC(2026, 0, 1);

/** How often items may become due at the same moment before the move fails: an item keeps making itself due again. */
const MOMENT_LIMIT = 10_000;

/** Later times, and items due some weeks after them, would need a year of more than four digits. */
const LAST_MOMENT = Date.UTC(9999, 0);

const IDLE: Driven = { nextAt: () => null, runDue: () => undefined, settled: () => Promise.resolve() };

export function createClock(mode: ClockMode, startAt: number | null = null): Clock {
  const real = mode === 'real';
  // Monotonic: a correction of the system clock must not make tasks jump.
  const wallNow = (): number => Math.round(performance.timeOrigin + performance.now());
  let offsetMs = 0;
  let stoppedAt: number | null = null;
  let driven = IDLE;
  let flights: Waits = waitedFor(IDLE);
  let timer: NodeJS.Timeout | undefined;
  let armedFor: number | null = null;
  let running = false;
  let moving = false;
  let resets = 0;
  let moves: Promise<unknown> = Promise.resolve();
  let closed = false;

  function reset(): void {
    resets += 1;
    offsetMs = startAt === null ? 0 : startAt - wallNow();
    stoppedAt = real ? null : (startAt ?? VIRTUAL_EPOCH);
  }
  reset();

  const now = (): number => stoppedAt ?? wallNow() + offsetMs;

  function touch(): void {
    // During a move, only the move decides when due items run.
    if (moving) return;
    runDue();
    arm();
  }

  function runDue(): void {
    if (running || closed) return;
    running = true;
    try {
      const nextAt = driven.nextAt();
      if (nextAt !== null && nextAt <= now()) driven.runDue(now());
    } finally {
      running = false;
    }
  }

  function arm(): void {
    const nextAt = stoppedAt === null && !closed ? driven.nextAt() : null;
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

  function dueUntil(target: number): number | null {
    const nextAt = driven.nextAt();
    return nextAt !== null && nextAt <= target ? nextAt : null;
  }

  /** Returns the next due moment, or null when nothing is due by the target and no delivery is in flight. */
  async function nextMoment(target: number, isCurrent: () => boolean): Promise<number | null> {
    for (;;) {
      await flights.allHung();
      if (closed || !isCurrent()) {
        await driven.settled();
        return null;
      }
      const dueAt = dueUntil(target);
      const limit = flights.limit();
      if (dueAt !== null && dueAt < (limit ?? Number.POSITIVE_INFINITY)) return dueAt;
      if (dueAt === null && limit === null) return null;
      await flights.changed();
    }
  }

  async function visitUntil(target: number, isCurrent: () => boolean): Promise<void> {
    let rounds = 0;
    for (;;) {
      const nextAt = await nextMoment(target, isCurrent);
      if (nextAt === null) return;
      const from = now();
      rounds = nextAt > from ? 0 : rounds + 1;
      if (rounds > MOMENT_LIMIT) throw endless(from);
      stoppedAt = Math.max(from, nextAt);
      runDue();
    }
  }

  async function move(targetFrom: (from: number) => number): Promise<ClockMove | null> {
    const fromAt = now();
    const toAt = targetFrom(fromAt);
    if (toAt < fromAt) throw backwards(fromAt, toAt);
    if (!(toAt < LAST_MOMENT)) throw tooFar();
    const started = resets;
    const isCurrent = (): boolean => resets === started;
    stoppedAt = fromAt;
    moving = true;
    arm();
    try {
      await visitUntil(toAt, isCurrent);
      if (isCurrent()) stoppedAt = toAt;
    } finally {
      moving = false;
      if (real && stoppedAt !== null) {
        offsetMs = stoppedAt - wallNow();
        stoppedAt = null;
      }
      touch();
    }
    return isCurrent() ? { fromAt, toAt } : null;
  }

  /** Runs moves one after the other, even if a previous one failed. */
  function inTurn(targetFrom: (from: number) => number): Promise<ClockMove | null> {
    const turn = moves.then(() => move(targetFrom));
    moves = turn.catch(() => undefined);
    return turn;
  }

  return {
    mode,
    now,
    wallNow,
    nextAt: () => driven.nextAt(),
    drive(next) {
      driven = next;
      flights = next.flights ?? waitedFor(next);
    },
    touch,
    advance: (durationMs) => inTurn((from) => from + durationMs),
    moveTo: (at) => inTurn(() => at),
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

function waitedFor({ settled }: Driven): Waits {
  return { allHung: settled, changed: settled, limit: () => null };
}

function tooFar(): CodedError {
  return new CodedError(
    'BAD_REQUEST',
    'the clock cannot move beyond the year 9998',
    'Choose an earlier time.',
  );
}

function backwards(from: number, target: number): CodedError {
  return new CodedError(
    'CLOCK_BACKWARDS',
    `the clock is already at ${new Date(from).toISOString()} and cannot be set to ${new Date(target).toISOString()}`,
    'Advance the clock instead, or reset the mock.',
  );
}

function endless(at: number): CodedError {
  return new CodedError(
    'CLOCK_ENDLESS',
    `an item became due more than ${MOMENT_LIMIT} times at ${new Date(at).toISOString()}`,
    'Set retry gaps above 0, or report this as a bug.',
  );
}
