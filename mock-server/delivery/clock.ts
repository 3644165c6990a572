import { CodedError } from '../core/coded-error.ts';
import { type Alarm, createAlarm } from './alarm.ts';
import { visitMoments, type Waits } from './visit-moments.ts';

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

/** Later times, and items due some weeks after them, would need a year of more than four digits. */
const LAST_MOMENT = Date.UTC(9999, 0);

const IDLE: Driven = { nextAt: () => null, runDue: () => undefined, settled: () => Promise.resolve() };

export function createClock(mode: ClockMode, startAt: number | null = null): Clock {
  const time = createServiceTime(mode, startAt);
  const due = createDueItems(time);
  const { inTurn } = createMoves(time, due);

  return {
    mode,
    now: time.now,
    wallNow,
    nextAt: due.nextAt,
    drive: due.drive,
    touch: due.touch,
    advance: (durationMs) => inTurn((from) => from + durationMs),
    moveTo: (at) => inTurn(() => at),
    jump(at) {
      if (time.stoppedAt === null || at <= time.stoppedAt) return;
      for (let nextAt = due.nextAt(); nextAt !== null && nextAt < at; nextAt = due.nextAt()) {
        time.stoppedAt = Math.max(time.stoppedAt, nextAt);
        due.touch();
      }
      time.stoppedAt = at;
      due.touch();
    },
    resume: time.resume,
    reset: time.reset,
    close: due.close,
  };
}

/** Monotonic: a correction of the system clock must not make tasks jump. */
function wallNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** The service time, which follows the wall clock or is stopped. */
function createServiceTime(mode: ClockMode, startAt: number | null) {
  const real = mode === 'real';
  let offsetMs = 0;
  const time = {
    /** The time while it is stopped; null while it follows the wall clock. */
    stoppedAt: null as number | null,
    /** The number of resets. */
    resets: 0,
    now: (): number => time.stoppedAt ?? wallNow() + offsetMs,
    /** Continues a real clock from where it stopped. */
    continue(): void {
      if (!real || time.stoppedAt === null) return;
      offsetMs = time.stoppedAt - wallNow();
      time.stoppedAt = null;
    },
    resume({ at, wallAt }: { readonly at: number; readonly wallAt: number }): void {
      if (real) offsetMs = at - wallAt;
      else time.stoppedAt = at;
    },
    reset(): void {
      time.resets += 1;
      offsetMs = startAt === null ? 0 : startAt - wallNow();
      time.stoppedAt = real ? null : (startAt ?? VIRTUAL_EPOCH);
    },
  };
  time.reset();
  return time;
}

type ServiceTime = ReturnType<typeof createServiceTime>;

/** Runs the items of the driven object when they are due. */
function createDueItems(time: ServiceTime) {
  let driven = IDLE;
  let flights: Waits = waitedFor(IDLE);
  let running = false;
  const alarm: Alarm = createAlarm(time.now, () => due.touch());
  const due = {
    /** During a move, only the move decides when due items run. */
    isMoving: false,
    isClosed: false,
    nextAt: () => driven.nextAt(),
    get flights() {
      return flights;
    },
    settled: () => driven.settled(),
    drive(next: Driven): void {
      driven = next;
      flights = next.flights ?? waitedFor(next);
    },
    run(): void {
      if (running || due.isClosed) return;
      running = true;
      try {
        const nextAt = driven.nextAt();
        if (nextAt !== null && nextAt <= time.now()) driven.runDue(time.now());
      } finally {
        running = false;
      }
    },
    arm(): void {
      alarm.set(time.stoppedAt === null && !due.isClosed ? driven.nextAt() : null);
    },
    touch(): void {
      if (due.isMoving) return;
      due.run();
      due.arm();
    },
    close(): void {
      due.isClosed = true;
      alarm.set(null);
    },
  };
  return due;
}

/** Moves time forward, one move after the other. */
function createMoves(time: ServiceTime, due: ReturnType<typeof createDueItems>) {
  let moves: Promise<unknown> = Promise.resolve();

  function visit(at: number): void {
    time.stoppedAt = at;
    due.run();
  }

  async function move(targetFrom: (from: number) => number): Promise<ClockMove | null> {
    const fromAt = time.now();
    const toAt = targetFrom(fromAt);
    refuseMove(fromAt, toAt);
    const started = time.resets;
    const isCurrent = (): boolean => time.resets === started;
    const { now } = time;
    const { nextAt, flights, settled } = due;
    const isOver = (): boolean => due.isClosed || !isCurrent();
    time.stoppedAt = fromAt;
    due.isMoving = true;
    due.arm();
    try {
      await visitMoments({ now, nextAt, visit, isOver, flights, settled }, toAt);
      // A poll during the move may have gone further.
      if (isCurrent()) time.stoppedAt = Math.max(toAt, time.stoppedAt ?? toAt);
    } finally {
      due.isMoving = false;
      time.continue();
      due.touch();
    }
    return isCurrent() ? { fromAt, toAt: Math.max(toAt, time.stoppedAt ?? toAt) } : null;
  }

  return {
    /** Continues even if a previous move failed. */
    inTurn(targetFrom: (from: number) => number): Promise<ClockMove | null> {
      const turn = moves.then(() => move(targetFrom));
      moves = turn.catch(() => undefined);
      return turn;
    },
  };
}

function waitedFor({ settled }: Driven): Waits {
  return { allHung: settled, changed: settled, limit: () => null };
}

/** @throws {CodedError} CLOCK_BACKWARDS, or BAD_REQUEST for a time out of range */
export function refuseMove(fromAt: number, toAt: number): void {
  if (toAt < fromAt) throw backwards(fromAt, toAt);
  if (!(toAt < LAST_MOMENT)) throw tooFar();
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
