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
  /** The first that fits, one use of it taken; null when none waits. */
  take(account: Account): string | null;
  clear(account?: Account): void;
}

export function createScenarioQueue(): ScenarioQueue {
  let entries: readonly QueuedScenario[] = [];
  return {
    get entries() {
      return entries;
    },
    add(entry) {
      entries = [...entries, entry];
    },
    take(account) {
      const index = entries.findIndex((entry) => entry.account === null || entry.account === account);
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
