import { CodedError } from '../core/coded-error.ts';
import type { Flights } from './flights.ts';

/** What a move of time sees of its deliveries. */
export type Waits = Pick<Flights<unknown>, 'allHung' | 'changed' | 'limit'>;

/** The time that a move advances, and what becomes due on the way. */
export interface MovingTime {
  now(): number;
  /** The earliest moment at which an item is due; null if no item is due. */
  nextAt(): number | null;
  /** Advances time to a moment and runs what is due. A promise resolves when that has happened. */
  visit(at: number): unknown;
  /** Whether the move must end early, because of a reset or because the clock was closed. */
  isOver(): boolean;
  readonly flights: Waits;
  /** Resolves when no delivery is in flight. */
  settled(): Promise<void>;
}

/** How often items may become due at the same moment before the move fails: an item keeps making itself due again. */
const MOMENT_LIMIT = 10_000;

/**
 * Visits every due moment up to a target, in order. Resolves when nothing is due by then and no delivery is in flight.
 * @throws {CodedError} CLOCK_ENDLESS
 */
export async function visitMoments(time: MovingTime, target: number): Promise<void> {
  let rounds = 0;
  for (;;) {
    const nextAt = await nextMoment(time, target);
    if (nextAt === null) return;
    const from = time.now();
    rounds = nextAt > from ? 0 : rounds + 1;
    if (rounds > MOMENT_LIMIT) throw endless(from);
    const visited = time.visit(Math.max(from, nextAt));
    if (visited instanceof Promise) await visited;
  }
}

/** Returns the next due moment, or null when nothing is due by the target and no delivery is in flight. */
async function nextMoment(time: MovingTime, target: number): Promise<number | null> {
  const { flights } = time;
  for (;;) {
    await flights.allHung();
    if (time.isOver()) {
      await time.settled();
      return null;
    }
    const nextAt = time.nextAt();
    const dueAt = nextAt !== null && nextAt <= target ? nextAt : null;
    const limit = flights.limit();
    if (dueAt !== null && dueAt < (limit ?? Number.POSITIVE_INFINITY)) return dueAt;
    if (dueAt === null && limit === null) return null;
    await flights.changed();
  }
}

function endless(at: number): CodedError {
  return new CodedError(
    'CLOCK_ENDLESS',
    `an item became due more than ${MOMENT_LIMIT} times at ${new Date(at).toISOString()}`,
    'Set retry gaps above 0, or report this as a bug.',
  );
}
