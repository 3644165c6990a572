import type { Bench } from './bench.ts';
import { median } from './median.ts';

/** Share above which a bystander may have limited the result. */
const LIMIT = 0.9;

/** Watches the processes around a measure, which must not be its bottleneck. */
export interface Bystanders {
  /**
   * Records one round.
   * @param share how much of the round the process was busy, from 0 to 1
   */
  saw(who: string, during: string, share: number): void;
  /** Returns a warning for each process that was too busy. */
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
