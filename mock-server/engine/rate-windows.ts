import type { Account } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import { sharedOf } from '../journal/packed-plan.ts';
import type { Pack } from '../packs/pack.ts';
import type { RateLimit } from '../packs/vendor-rules.ts';
import type { Settings } from './settings.ts';

/** Counts the submissions of each account to each pack in a sliding window. Refused submissions do not count. */
export interface RateWindows extends Fold<SavedWindow> {
  /** How long the account must wait before its next submission, in service time; 0 when it may submit now. */
  wait(
    pack: Pack,
    account: Account,
    now: number,
  ): { readonly waitMs: number; readonly rate: RateLimit | null };
}

/** The times of the latest submissions of an account to a pack. */
export type SavedWindow = readonly [key: string, times: readonly number[]];

/** With more keys than this, windows that are over are removed, and after them the oldest. */
const MOST_WINDOWS = 10_000;

/** @param settings windows are divided by the speed, like all durations of the vendor */
export function createRateWindows(
  packs: ReadonlyMap<string, Pack>,
  { speed, rate: own }: Pick<Settings, 'speed' | 'rate'>,
): RateWindows {
  const windows = new Map<string, number[]>();

  function rateOf(pack: Pack | undefined): RateLimit | null {
    return own === 'as-documented' ? (pack?.rate ?? null) : own;
  }

  /** Removes half of the windows at once: a walk over all of them for each new key would be quadratic. */
  function evict(since: number): void {
    for (const [key, submitted] of windows) if ((submitted.at(-1) ?? 0) <= since) windows.delete(key);
    for (const key of windows.keys()) {
      if (windows.size <= MOST_WINDOWS / 2) return;
      windows.delete(key);
    }
  }

  function count(rate: RateLimit, key: string, at: number): void {
    const times = windows.get(key);
    if (times === undefined) {
      if (windows.size >= MOST_WINDOWS) evict(at - rate.perMs / speed);
      windows.set(key, [at]);
    } else if (times.length < 2 * rate.submissions) {
      times.push(at);
    } else {
      // Only the latest submissions, as many as the limit, are ever compared.
      windows.set(key, [...times.slice(1 - rate.submissions), at]);
    }
  }

  return {
    wait(pack, account, now) {
      const rate = rateOf(pack);
      if (rate === null) return { waitMs: 0, rate };
      const times = windows.get(keyOf(pack.name, account)) ?? [];
      const endsAt = (times.at(-rate.submissions) ?? Number.NEGATIVE_INFINITY) + rate.perMs / speed;
      return { waitMs: endsAt > now ? Math.max(1, endsAt - now) : 0, rate };
    },
    name: 'rate-windows',
    counted: [],
    save: () => [...windows].map(([key, times]) => [key, [...times]] as const),
    load: ([key, times]) => void windows.set(key, [...times]),
    apply(entry) {
      if (entry.type === 'server.reset') windows.clear();
      if (entry.type !== 'task.submitted') return;
      const { pack, account } = sharedOf(entry.packed);
      const rate = rateOf(packs.get(pack));
      if (rate !== null) count(rate, keyOf(pack, account), entry.at);
    },
  };
}

function keyOf(pack: string, account: Account): string {
  return `${pack} ${account}`;
}
