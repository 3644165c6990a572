import { type ClockMode, type ClockMove, VIRTUAL_EPOCH } from '../delivery/clock.ts';

/** The time of a fleet, as a snapshot has it. */
export interface SavedClock {
  readonly stoppedAt: number | null;
  readonly movingFrom: number | null;
  readonly offsetMs: number | null;
  readonly latestAt: number;
  readonly latestWallAt: number;
}

/** The service time as all replicas compute it from the times of commands. */
export function createSharedTime(mode: ClockMode, startAt: number | null, logNow: () => number) {
  const real = mode === 'real';
  /** Null until the first command, whose time all replicas know, if the clock is to start at a certain time. */
  let offsetMs: number | null = startAt === null ? 0 : null;
  let stoppedAt = real ? null : (startAt ?? VIRTUAL_EPOCH);
  let movingFrom: number | null = null;
  let latestAt = 0;
  let latestWallAt = 0;
  let isEntered = false;

  const wallNow = (): number => (isEntered ? latestWallAt : Math.max(latestWallAt, logNow()));

  function now(): number {
    if (stoppedAt !== null) return stoppedAt;
    if (offsetMs === null) return startAt ?? wallNow();
    return isEntered ? latestAt : Math.max(latestAt, logNow() + offsetMs);
  }

  function update(): void {
    if (stoppedAt !== null) return;
    offsetMs ??= (startAt ?? latestWallAt) - latestWallAt;
    latestAt = Math.max(latestAt, latestWallAt + offsetMs);
  }

  return {
    now,
    wallNow,
    get isEntered() {
      return isEntered;
    },
    get isStopped() {
      return stoppedAt !== null;
    },
    get isMoving() {
      return movingFrom !== null;
    },
    toWall: (at: number): number => at - (offsetMs ?? 0),
    stopAt(at: number): void {
      stoppedAt = at;
    },
    enter(wallAt: number): void {
      isEntered = true;
      latestWallAt = Math.max(latestWallAt, wallAt);
      update();
    },
    leave(): void {
      isEntered = false;
    },
    beginMove(): number {
      stoppedAt = now();
      movingFrom = stoppedAt;
      return stoppedAt;
    },
    endMove(to: number | null): ClockMove | null {
      const fromAt = movingFrom;
      movingFrom = null;
      // A poll during the move may have gone further.
      if (to !== null) stoppedAt = Math.max(to, stoppedAt ?? to);
      const toAt = now();
      if (real) {
        offsetMs = toAt - latestWallAt;
        latestAt = toAt;
        stoppedAt = null;
      }
      return to === null || fromAt === null ? null : { fromAt, toAt };
    },
    reset(): void {
      movingFrom = null;
      stoppedAt = real ? null : (startAt ?? VIRTUAL_EPOCH);
      offsetMs = startAt === null ? 0 : startAt - latestWallAt;
      latestAt = latestWallAt + offsetMs;
    },
    save: (): SavedClock => ({ stoppedAt, movingFrom, offsetMs, latestAt, latestWallAt }),
    load(saved: SavedClock): void {
      ({ stoppedAt, movingFrom, offsetMs, latestAt, latestWallAt } = saved);
    },
  };
}
