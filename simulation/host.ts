import { unreachable } from '../mock-server/fleet/store-errors.ts';
import type { Chance } from './chance.ts';
import type { Schedule } from './schedule.ts';

/** A process and its connection to the store. */
export interface Host {
  readonly isAlive: boolean;
  /** Whether it is stopped for a while, as by a debugger or a suspended machine. */
  readonly isPaused: boolean;
  /** Whether it can reach the store. */
  readonly isConnected: boolean;
  /** Whether it has ever crashed, been paused or been cut off. */
  readonly wasDisturbed: boolean;
  /** Runs something in this process: later when it is paused, and never when it has crashed. */
  after(delayMs: number, run: () => void): void;
  /** Runs something again and again. @returns a function that ends it */
  every(durationMs: number, run: () => void): () => void;
  /**
   * Calls the store once, over a network that delays, and loses messages in both directions. A lost call is repeated for a
   * while, so the store may run it more than once.
   * @throws {CodedError} STORE_UNREACHABLE
   */
  call<Reply>(run: () => Reply): Promise<Reply>;
  crash(): void;
  pause(durationMs: number): void;
  disconnect(durationMs: number): void;
}

/** A call that is not answered for this long is repeated. */
const REPEAT_MS = 400;
const GIVE_UP_MS = 5_000;
const LOST = 0.004;
const HOP_MS = 0.6;
const LONG_HOP_MS = 40;

export function createHost(schedule: Schedule, chance: Chance): Host {
  let isAlive = true;
  let wasDisturbed = false;
  let pausedUntil = 0;
  let cutUntil = 0;
  const isConnected = (): boolean => schedule.now >= cutUntil;
  const hop = (): number => 0.1 + chance.delay(HOP_MS, LONG_HOP_MS);

  function deliver(run: () => void): void {
    if (!isAlive) return;
    if (schedule.now < pausedUntil) schedule.after(pausedUntil - schedule.now, () => deliver(run));
    else run();
  }

  const after = (delayMs: number, run: () => void): void => schedule.after(delayMs, () => deliver(run));

  function isLost(): boolean {
    return chance.happens(LOST) || !isConnected();
  }

  function call<Reply>(run: () => Reply): Promise<Reply> {
    const until = schedule.now + GIVE_UP_MS;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const answer = (settle: () => void): void => {
        if (isLost()) return;
        after(hop(), () => {
          isOver = true;
          settle();
        });
      };
      const arrive = (): void => {
        try {
          const reply = run();
          answer(() => resolve(reply));
        } catch (error) {
          answer(() => reject(error));
        }
      };
      const attempt = (): void => {
        if (isOver) return;
        if (schedule.now >= until) return reject(unreachable());
        if (!isLost()) schedule.after(hop(), arrive);
        after(REPEAT_MS, attempt);
      };
      attempt();
    });
  }

  return {
    ...{ after, every: createEvery(after), call },
    get isAlive() {
      return isAlive;
    },
    get isPaused() {
      return schedule.now < pausedUntil;
    },
    get isConnected() {
      return isConnected();
    },
    get wasDisturbed() {
      return wasDisturbed;
    },
    crash() {
      isAlive = false;
      wasDisturbed = true;
    },
    pause(durationMs) {
      pausedUntil = schedule.now + durationMs;
      wasDisturbed = true;
    },
    disconnect(durationMs) {
      cutUntil = schedule.now + durationMs;
      wasDisturbed = true;
    },
  };
}

function createEvery(after: Host['after']): Host['every'] {
  return (durationMs, run) => {
    let isOver = false;
    const next = (): void => {
      if (isOver) return;
      run();
      after(durationMs, next);
    };
    after(durationMs, next);
    return () => {
      isOver = true;
    };
  };
}
