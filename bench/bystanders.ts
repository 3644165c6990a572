import type { Bench } from './bench.ts';
import { median } from './median.ts';

/** Busier than this, a bystander is what was measured. */
const LIMIT = 0.9;

/** Watches the processes that only stand beside a measure: none of them may be what holds it up. */
export interface Bystanders {
  /** @param share how much of a round it was busy, from 0 to 1 */
  saw(who: string, during: string, share: number): void;
  /** Says which of them were too busy to measure anybody else. */
  report(note: Bench['note']): void;
}

export function watchBystanders(measure: string): Bystanders {
  const shares = new Map<string, number[]>();
  return {
    saw(who, during, share) {
      const name = `${who} was busy # of the time under ${during}`;
      shares.set(name, [...(shares.get(name) ?? []), share]);
    },
    report(note) {
      for (const [name, seen] of shares) {
        const share = median(seen);
        if (share <= LIMIT) continue;
        const busy = name.replace('#', `${Math.round(share * 100)} %`);
        note(`${measure}: ${busy}, so that side may be faster than shown`);
      }
    },
  };
}
