import { CodedError } from '../core/coded-error.ts';
import { createAlarm } from '../delivery/alarm.ts';
import type { ClockMode } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import type { Dispatch } from '../delivery/dispatch.ts';
import type { Commands } from '../engine/commands.ts';
import type { SharedJournal } from '../journal/journal.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { FleetBase, JoiningParts } from './fleet-base.ts';
import { createFleetClock, type FleetClock } from './fleet-clock.ts';
import { createFleetCourier } from './fleet-courier.ts';
import { createNumbering } from './numbering.ts';
import { createObservations } from './observations.ts';
import { joinReplica, type Replica } from './replica.ts';
import { TIMERS, type Timers } from './timers.ts';
import type { AttemptJob } from './work-queue.ts';

/** One mock among several that share their state. Created before its engine, and connected with it when it joins. */
export interface Fleet {
  readonly clock: FleetClock;
  readonly shared: SharedJournal;
  readonly dispatch: Dispatch;
  /** The courier of the engine: it ends attempts, and the replicas make them. */
  readonly courier: Pick<Courier, 'post' | 'interrupt'>;
  readonly commands: Commands;
  /** Joins the others. @throws {CodedError} STORE_UNREACHABLE, STORE_MISMATCH, STORE_BEHIND */
  join(parts: JoiningParts): Promise<void>;
  /** The id of this replica; null before it has joined. */
  readonly replica: string | null;
  /** The ids of all replicas, as last known. */
  readonly members: readonly string[];
  /** Why state cannot be changed at present; null while it can. */
  readonly trouble: string | null;
  /** Takes no more attempts. Resolves when those of this replica have ended. */
  drain(): Promise<void>;
  /** Leaves the others. */
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly mode: ClockMode;
  readonly startAt: number | null;
  /** The secrets that this replica learns from its requests. */
  readonly secrets: Secrets;
  /** The same, and those that clients choose for callbacks; masks observations. */
  readonly observed: Secrets;
  readonly timers?: Timers;
  /** Creates the alarm of the clock; one of this process by default. */
  readonly alarmOf?: typeof createAlarm;
}

/** Observations are written in batches, after this time at the latest. */
const FLUSH_MS = 50;

export function createFleet(options: FleetOptions): Fleet {
  const { mode, startAt, secrets, observed, timers = TIMERS, alarmOf = createAlarm } = options;
  const joining = createJoining();
  let parts: JoiningParts | null = null;
  const numbering = createNumbering();
  const logNow = (): number => joining.replica?.log.now() ?? Date.now();
  const clock = createFleetClock({ mode, startAt, logNow, alarmOf });
  const due: AttemptJob[] = [];
  const attempts = createFleetCourier({ seq: () => numbering.place, onDue: (job) => due.push(job) });
  const observations = createObservations({
    log: () => joining.replica?.observations ?? null,
    journal: () => parts?.journal ?? null,
    soon: (run) => timers.after(FLUSH_MS, run),
  });
  const base: FleetBase = { clock, numbering, attempts, observations, secrets, observed, timers, due };

  return {
    clock,
    shared: {
      next: numbering.next,
      observe: observations.take,
      secrets: observed,
      get complete() {
        return observations.complete;
      },
      follow: observations.follow,
      get instance() {
        return joining.replica?.epoch ?? null;
      },
    },
    dispatch: attempts.dispatch,
    courier: {
      post: () => Promise.reject(new Error('the attempts of a fleet are made by its replicas')),
      interrupt() {
        attempts.interrupt();
        parts?.courier.interrupt();
      },
    },
    commands: joining.commands,
    async join(given) {
      parts = given;
      await joining.settle(joinReplica(base, given, joining.connect));
    },
    get replica() {
      return joining.replica?.id ?? null;
    },
    get members() {
      return joining.replica?.members.known ?? [];
    },
    get trouble() {
      return joining.replica === null ? 'the replica has not joined the others yet' : joining.replica.trouble;
    },
    drain: async () => joining.replica?.drain(),
    async close() {
      clock.close();
      await joining.replica?.close();
    },
  };
}

interface OpenPromise<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

function createPromise<Value>(): OpenPromise<Value> {
  let settle: Pick<OpenPromise<Value>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) };
}

/** The replica, once it has joined. Commands wait for it. */
function createJoining() {
  let replica: Replica | null = null;
  let joined: Replica | null = null;
  const ready = createPromise<Replica>();
  // Each waiting command reports the failure.
  ready.promise.catch(() => undefined);

  return {
    get replica() {
      return replica;
    },
    /** Takes the replica that is about to read the log, whose time the clock needs. */
    connect(connected: Replica): void {
      replica = connected;
    },
    async settle(joins: Promise<Replica>): Promise<void> {
      try {
        joined = await joins;
        ready.resolve(joined);
      } catch (error) {
        ready.reject(error instanceof CodedError ? error : new Error(String(error)));
        throw error;
      }
    },
    commands: {
      isShared: true,
      run: (command) =>
        joined === null
          ? ready.promise.then(({ commands }) => commands.run(command))
          : joined.commands.run(command),
      advance: async (durationMs) => (await ready.promise).commands.advance(durationMs),
      moveTo: async (at) => (await ready.promise).commands.moveTo(at),
      current: () => (joined === null ? ready.promise.then(() => undefined) : joined.commands.current()),
      caughtUp: () =>
        joined === null
          ? ready.promise.then(async ({ commands }) => (await commands.caughtUp()) ?? undefined)
          : joined.commands.caughtUp(),
      gathered: () =>
        joined === null
          ? ready.promise.then(async ({ commands }) => (await commands.gathered()) ?? undefined)
          : joined.commands.gathered(),
    } satisfies Commands,
  };
}
