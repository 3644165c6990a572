import { type Alarm, createAlarm } from '../delivery/alarm.ts';
import type { Clock, ClockMode, ClockMove, Driven } from '../delivery/clock.ts';
import { createSharedTime, type SavedClock } from './shared-time.ts';

/** A clock that all replicas share: it moves only when a command is applied, or with the time of the log. */
export interface FleetClock extends Clock {
  /** Shows the time of a command until `leave`. */
  enter(wallAt: number): void;
  /** Runs what is due at the time of the command. */
  leave(): void;
  readonly isMoving: boolean;
  /** Stops the clock. @returns the time at which the move begins */
  beginMove(): number;
  move(to: number): void;
  /** @param to null when the move failed */
  endMove(to: number | null): ClockMove | null;
  save(): SavedClock;
  load(saved: SavedClock): void;
  /** Calls a listener when something is due, until a command runs it. */
  onDue(listener: () => void, delayMs: () => number): void;
}

export interface FleetClockOptions {
  readonly mode: ClockMode;
  readonly startAt: number | null;
  /** The time of the log, which is never later than its true time. */
  readonly logNow: () => number;
  /** Creates the alarm that rings when something is due; one of this process by default. */
  readonly alarmOf?: typeof createAlarm;
}

const IDLE: Driven = { nextAt: () => null, runDue: () => undefined, settled: () => Promise.resolve() };

export function createFleetClock(options: FleetClockOptions): FleetClock {
  const { mode, startAt, logNow } = options;
  const time = createSharedTime(mode, startAt, logNow);
  const due = createDue(time, options);

  return {
    mode,
    now: time.now,
    wallNow: time.wallNow,
    nextAt: due.nextAt,
    drive: due.drive,
    touch() {
      if (!time.isEntered) due.arm();
    },
    advance: refuse,
    moveTo: refuse,
    jump(at) {
      if (!time.isStopped || at <= time.now()) return;
      for (let nextAt = due.nextAt(); nextAt !== null && nextAt < at; nextAt = due.nextAt()) {
        due.visit(nextAt);
      }
      due.visit(at);
    },
    resume: refuse,
    reset: time.reset,
    close: due.close,
    enter: time.enter,
    leave() {
      try {
        if (!time.isMoving) due.run();
      } finally {
        time.leave();
        due.arm();
      }
    },
    get isMoving() {
      return time.isMoving;
    },
    beginMove: time.beginMove,
    move: due.visit,
    endMove: time.endMove,
    save: time.save,
    load(saved) {
      time.load(saved);
      due.arm();
    },
    onDue: due.onDue,
  };
}

/** Runs the items of the driven object at the times of commands, and asks for a command when one is due. */
function createDue(time: ReturnType<typeof createSharedTime>, options: FleetClockOptions) {
  const { logNow, alarmOf = createAlarm } = options;
  let driven = IDLE;
  let isClosed = false;
  let isRunning = false;
  let onDue = (): void => undefined;
  let delayMs = (): number => 0;
  const alarm: Alarm = alarmOf(logNow, ring);

  function run(): void {
    if (isRunning) return;
    isRunning = true;
    try {
      const nextAt = driven.nextAt();
      if (nextAt !== null && nextAt <= time.now()) driven.runDue(time.now());
    } finally {
      isRunning = false;
    }
  }

  function ring(): void {
    const nextAt = driven.nextAt();
    // The next command sets the alarm again.
    if (nextAt !== null && nextAt <= time.now()) onDue();
    else arm();
  }

  function arm(): void {
    const nextAt = isClosed || time.isStopped ? null : driven.nextAt();
    alarm.set(nextAt === null ? null : Math.max(time.toWall(nextAt), logNow()) + delayMs());
  }

  return {
    nextAt: (): number | null => driven.nextAt(),
    drive(next: Driven): void {
      driven = next;
    },
    run,
    arm,
    visit(at: number): void {
      time.stopAt(Math.max(time.now(), at));
      run();
    },
    onDue(listener: () => void, delay: () => number): void {
      onDue = listener;
      delayMs = delay;
    },
    close(): void {
      isClosed = true;
      alarm.set(null);
    },
  };
}

/** Replicas move their clock with commands. */
function refuse(): never {
  throw new Error('the clock of a fleet is moved by commands');
}
