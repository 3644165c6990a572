import { CodedError } from '../core/coded-error.ts';
import type { Flights } from './flights.ts';

/** `real` passes as usual, `virtual` moves on request, and `polls` moves with each poll of a task. */
export type ClockMode = 'real' | 'virtual' | 'polls';

/** What a clock drives. */
export interface Driven {
  /** The earliest moment at which something is due; null when nothing is. */
  nextAt(): number | null;
  /** Does all that is due at or before `now`. Starts deliveries, does not wait for them. */
  runDue(now: number): void;
  /** Resolves when no delivery is under way. */
  settled(): Promise<void>;
  /** Tells deliveries that hang from the others; without it, all of them are waited for at each moment. */
  readonly flights?: Waits;
}

type Waits = Pick<Flights, 'calm' | 'changed' | 'limit'>;

export interface ClockMove {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Service time. `real` follows the wall clock, `virtual` and `polls` stand still until they are moved. */
export interface Clock {
  readonly mode: ClockMode;
  /** Service time in epoch milliseconds. */
  now(): number;
  /** Wall time, where receivers and clients live. */
  wallNow(): number;
  /** The earliest moment at which something is due; null when nothing is. */
  nextAt(): number | null;
  /** Hands over what is due to something; a clock drives one thing. */
  drive(driven: Driven): void;
  /** To be called when something new may be due. */
  touch(): void;
  /**
   * Moves time forward and visits every due moment on the way, in order. Resolves when all that fell due,
   * deliveries and the retries that fell due with them included, has happened.
   * @returns where it moved; null when a reset came in between
   * @throws {CodedError} CLOCK_BACKWARDS, CLOCK_ENDLESS, BAD_REQUEST for times that cannot be written
   */
  advance(durationMs: number): Promise<ClockMove | null>;
  moveTo(at: number): Promise<ClockMove | null>;
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

/** Later times, and what falls due some weeks after them, could not be written with a year of four digits. */
const LAST_MOMENT = Date.UTC(9999, 0);

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
    // While time is being moved, whoever moves it decides when what is due is done.
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

  /** The next moment at which something is due; null when there is none until then, and nothing is under way. */
  async function nextMoment(target: number, isCurrent: () => boolean): Promise<number | null> {
    for (;;) {
      await flights.calm();
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

  /** Moves run one after the other, whatever became of the one before. */
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
  return { calm: settled, changed: settled, limit: () => null };
}

function tooFar(): CodedError {
  return new CodedError('BAD_REQUEST', 'the clock cannot go beyond the year 9998', 'Choose an earlier time.');
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
