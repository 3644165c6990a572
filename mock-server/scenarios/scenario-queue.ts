import type { Account } from '../core/types.ts';

/** A scenario that waits for the next submissions of one account, or of any (null). */
export interface QueuedScenario {
  readonly scenario: string;
  readonly times: number;
  readonly account: Account | null;
}

export interface ScenarioQueue {
  readonly entries: readonly QueuedScenario[];
  add(entry: QueuedScenario): void;
  /** The first that fits; null when none waits. */
  peek(account: Account): string | null;
  /** The same, and one use of it is gone. */
  take(account: Account): string | null;
  clear(account?: Account): void;
}

export function createScenarioQueue(): ScenarioQueue {
  let entries: readonly QueuedScenario[] = [];
  const indexFor = (account: Account): number =>
    entries.findIndex((entry) => entry.account === null || entry.account === account);

  return {
    get entries() {
      return entries;
    },
    add({ scenario, times, account }) {
      entries = [...entries, { scenario, times, account }];
    },
    peek: (account) => entries[indexFor(account)]?.scenario ?? null,
    take(account) {
      const index = indexFor(account);
      const found = entries[index];
      if (found === undefined) return null;
      const rest = found.times > 1 ? [{ ...found, times: found.times - 1 }] : [];
      entries = [...entries.slice(0, index), ...rest, ...entries.slice(index + 1)];
      return found.scenario;
    },
    clear(account) {
      entries = account === undefined ? [] : entries.filter((entry) => entry.account !== account);
    },
  };
}
