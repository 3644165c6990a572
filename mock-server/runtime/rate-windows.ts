import type { Account } from '../core/types.ts';
import type { Pack, RateLimit } from '../packs/pack.ts';

/** Counts what accounts submit, each pack by itself: a sliding window, and what was refused does not count. */
export interface RateWindows {
  /** How long the account must wait before its next submission, in service time; 0 when it need not. */
  waitMs(rate: RateLimit | null, pack: Pack, account: Account, now: number): number;
  count(rate: RateLimit | null, pack: Pack, account: Account, now: number): void;
  /** The same for a submission of an earlier run; they come in order. */
  note(rate: RateLimit | null, pack: Pack, account: Account, at: number): void;
  clear(): void;
}

/** With more keys than this, windows that are over are let go, and after them the oldest. */
const MOST_WINDOWS = 10_000;

/** @param speed windows are this much shorter, as all durations of the vendor's are */
export function createRateWindows(speed: number): RateWindows {
  const windows = new Map<string, number[]>();

  function recent({ perMs }: RateLimit, pack: Pack, account: Account, now: number): number[] {
    const key = `${pack.name} ${account}`;
    const since = now - perMs / speed;
    const times = (windows.get(key) ?? []).filter((at) => at > since);
    if (times.length === 0) windows.delete(key);
    else windows.set(key, times);
    return times;
  }

  function letGo(since: number): void {
    for (const [key, submitted] of windows) if ((submitted.at(-1) ?? 0) <= since) windows.delete(key);
    // Half of them at once: going through all of them for each new key would be quadratic.
    for (const key of windows.keys()) {
      if (windows.size <= MOST_WINDOWS / 2) return;
      windows.delete(key);
    }
  }

  return {
    waitMs(rate, pack, account, now) {
      if (rate === null) return 0;
      const times = recent(rate, pack, account, now);
      const oldest = times.at(-rate.submissions);
      return oldest === undefined ? 0 : Math.max(1, oldest + rate.perMs / speed - now);
    },
    count(rate, pack, account, now) {
      if (rate === null) return;
      const times = recent(rate, pack, account, now);
      if (windows.size >= MOST_WINDOWS) letGo(now - rate.perMs / speed);
      windows.set(`${pack.name} ${account}`, [...times, now]);
    },
    note(rate, pack, account, at) {
      if (rate === null) return;
      const key = `${pack.name} ${account}`;
      const times = windows.get(key);
      if (times === undefined) windows.set(key, [at]);
      else if (times.length < 2 * rate.submissions) times.push(at);
      // No more than the limit is ever looked at.
      else windows.set(key, [...times.slice(1 - rate.submissions), at]);
    },
    clear: () => windows.clear(),
  };
}
