import type { Account } from '../core/types.ts';

/** A scenario that waits for the next submissions of one account, or of any (null). */
export interface QueuedScenario {
  readonly scenario: string;
  readonly times: number;
  readonly account: Account | null;
}

export interface ScenarioQueue {
  /** A list of its own, which does not change any more. */
  readonly entries: readonly QueuedScenario[];
  readonly size: number;
  add(entry: QueuedScenario): void;
  /** The first that fits; null when none waits. */
  peek(account: Account, isKnown?: (scenario: string) => boolean): string | null;
  /** The same, or the first of that name, and one use of it is gone. */
  take(account: Account, scenario?: string): string | null;
  clear(account?: Account): void;
}

export function createScenarioQueue(): ScenarioQueue {
  let entries: QueuedScenario[] = [];
  const indexFor = (account: Account, fits: (scenario: string) => boolean): number =>
    entries.findIndex(
      (entry) => (entry.account === null || entry.account === account) && fits(entry.scenario),
    );

  return {
    get entries() {
      return [...entries];
    },
    get size() {
      return entries.length;
    },
    add({ scenario, times, account }) {
      entries.push({ scenario, times, account });
    },
    peek: (account, isKnown = () => true) => entries[indexFor(account, isKnown)]?.scenario ?? null,
    take(account, scenario) {
      const index = indexFor(account, (name) => scenario === undefined || name === scenario);
      const found = entries[index];
      if (found === undefined) return null;
      if (found.times > 1) entries[index] = { ...found, times: found.times - 1 };
      else entries.splice(index, 1);
      return found.scenario;
    },
    clear(account) {
      entries = account === undefined ? [] : entries.filter((entry) => entry.account !== account);
    },
  };
}
