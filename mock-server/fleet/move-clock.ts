import { randomUUID } from 'node:crypto';
import { refuseMove } from '../delivery/clock.ts';
import { visitMoments, type Waits } from '../delivery/visit-moments.ts';
import type { Command, Outcomes } from '../engine/commands.ts';
import type { FleetClock } from './fleet-clock.ts';

export interface MoveClockOptions {
  readonly replica: string;
  readonly clock: Pick<FleetClock, 'now' | 'nextAt'>;
  readonly flights: Waits & { settled(): Promise<void> };
  readonly send: <Wanted extends Command>(command: Wanted) => Promise<Outcomes[Wanted['type']]>;
  /** The move that the clock is in; null when it is in none. */
  readonly current: () => string | null;
  /** Resolves when the current move has ended, or after a while. */
  readonly pause: () => Promise<void>;
}

/**
 * Creates the moves of a fleet: one at a time in all replicas. The replica that was asked visits the due moments, and all
 * replicas run what is due at each.
 */
export function createMoveClock(options: MoveClockOptions) {
  const { replica, clock, flights, send, current, pause } = options;

  async function begin(move: string): Promise<number> {
    for (;;) {
      const fromAt = await send({ type: 'begin-move', move, by: replica });
      if (fromAt !== null) return fromAt;
      await pause();
    }
  }

  /** @throws {CodedError} as Clock.advance does */
  return async (targetFrom: (from: number) => number): Promise<void> => {
    const move = randomUUID();
    const fromAt = await begin(move);
    try {
      const toAt = targetFrom(fromAt);
      refuseMove(fromAt, toAt);
      const time = {
        now: clock.now,
        nextAt: clock.nextAt,
        visit: (to: number) => send({ type: 'move', move, to }),
        isOver: () => current() !== move,
        flights,
        settled: flights.settled,
      };
      await visitMoments(time, toAt);
      await send({ type: 'end-move', move, to: toAt });
    } catch (error) {
      await send({ type: 'end-move', move, to: null });
      throw error;
    }
  };
}
