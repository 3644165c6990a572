import { createRandom } from '../mock-server/core/random.ts';

/** Seeded decisions. */
export interface Chance {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns an integer in [min, max]. */
  between(min: number, max: number): number;
  /** Whether something happens that has this probability. */
  happens(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Returns a delay that is usually short and sometimes long. */
  delay(usualMs: number, longMs: number): number;
}

/** Of all messages, this part takes long. */
const LONG = 0.02;

export function createChance(seed: string): Chance {
  const random = createRandom(seed);
  const happens = (probability: number): boolean => random.next() < probability;
  return {
    next: random.next,
    between: random.between,
    happens,
    pick(values) {
      const value = values[random.between(0, values.length - 1)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
    delay: (usualMs, longMs) => random.next() * (happens(LONG) ? longMs : usualMs),
  };
}
