import type { Account } from '../core/types.ts';
import type { Pack, RateLimit } from '../packs/pack.ts';

/** Counts submissions per account and pack in sliding windows. Rejected submissions do not count. */
export interface RateWindows {
  /** Returns how long the account must wait in service time before its next submission; 0 when it need not wait. */
  waitMs(rate: RateLimit | null, pack: Pack, account: Account, now: number): number;
  count(rate: RateLimit | null, pack: Pack, account: Account, now: number): void;
  /** Counts a submission of a previous run. Calls must be in chronological order. */
  note(rate: RateLimit | null, pack: Pack, account: Account, at: number): void;
  clear(): void;
}

/** With more keys than this, expired windows are removed, and then the oldest ones. */
const MAX_WINDOWS = 10_000;

/**
 * Creates empty windows.
 * @param speed divides the window length, like all vendor durations
 */
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

  function evict(since: number): void {
    for (const [key, submitted] of windows) if ((submitted.at(-1) ?? 0) <= since) windows.delete(key);
    // Removes half of the windows at once: scanning all of them for each new key would be quadratic.
    for (const key of windows.keys()) {
      if (windows.size <= MAX_WINDOWS / 2) return;
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
      if (windows.size >= MAX_WINDOWS) evict(now - rate.perMs / speed);
      windows.set(`${pack.name} ${account}`, [...times, now]);
    },
    note(rate, pack, account, at) {
      if (rate === null) return;
      const key = `${pack.name} ${account}`;
      const times = windows.get(key);
      if (times === undefined) windows.set(key, [at]);
      else if (times.length < 2 * rate.submissions) times.push(at);
      // Only as many times as the limit are ever needed.
      else windows.set(key, [...times.slice(1 - rate.submissions), at]);
    },
    clear: () => windows.clear(),
  };
}
