import type { Account } from '../core/types.ts';

/** A scenario queued for the next submissions of one account, or of any account (null). */
export interface QueuedScenario {
  readonly scenario: string;
  readonly times: number;
  readonly account: Account | null;
}

export interface ScenarioQueue {
  /** The number of queued entries. */
  readonly size: number;
  readonly entries: readonly QueuedScenario[];
  /** Returns the oldest entries. */
  first(most: number): QueuedScenario[];
  add(entry: QueuedScenario): void;
  /** Returns the first matching scenario without removing it; null if none matches. */
  peek(account: Account, isKnown?: (scenario: string) => boolean): string | null;
  /** Returns the first matching scenario, or the first with that name, and removes one use of it. */
  take(account: Account, scenario?: string): string | null;
  clear(account?: Account): void;
}

/** The numbers of the entries with one scenario, oldest first; those before `next` have been used. */
interface Sequence {
  numbers: number[];
  next: number;
}

/** The entries of one account, or of any account, by scenario. */
type EntriesByScenario = Map<string, Sequence>;

/** Creates a queue whose cost per submission depends neither on the entries of other accounts nor on repeated scenarios. */
export function createScenarioQueue(): ScenarioQueue {
  const waiting = new Map<number, QueuedScenario>();
  const byAccount = new Map<Account | null, EntriesByScenario>();
  let added = 0;

  /** Returns the number of the first matching entry; null if none matches. */
  function find(account: Account, fits: (scenario: string) => boolean): number | null {
    let earliest: number | null = null;
    for (const owner of [null, account]) {
      for (const [scenario, { numbers, next }] of byAccount.get(owner) ?? []) {
        const first = numbers[next];
        const isEarlier = first !== undefined && (earliest === null || first < earliest);
        if (isEarlier && fits(scenario)) earliest = first;
      }
    }
    return earliest;
  }

  /** Removes an entry, which is always the first one of its scenario. */
  function remove(number: number, { scenario, account }: QueuedScenario): void {
    waiting.delete(number);
    const entries = byAccount.get(account);
    const sequence = entries?.get(scenario);
    if (entries === undefined || sequence === undefined) return;
    sequence.next += 1;
    if (sequence.next === sequence.numbers.length) entries.delete(scenario);
    else if (sequence.next >= 1024 && 2 * sequence.next >= sequence.numbers.length) {
      sequence.numbers = sequence.numbers.slice(sequence.next);
      sequence.next = 0;
    }
    if (entries.size === 0) byAccount.delete(account);
  }

  function first(most: number): QueuedScenario[] {
    const found: QueuedScenario[] = [];
    for (const entry of waiting.values()) {
      if (found.length >= most) break;
      found.push(entry);
    }
    return found;
  }

  return {
    get size() {
      return waiting.size;
    },
    get entries() {
      return first(waiting.size);
    },
    first,
    add({ scenario, times, account }) {
      added += 1;
      waiting.set(added, { scenario, times, account });
      const entries: EntriesByScenario = byAccount.get(account) ?? new Map();
      const sequence: Sequence = entries.get(scenario) ?? { numbers: [], next: 0 };
      sequence.numbers.push(added);
      byAccount.set(account, entries.set(scenario, sequence));
    },
    peek(account, isKnown = () => true) {
      const number = find(account, isKnown);
      return number === null ? null : (waiting.get(number)?.scenario ?? null);
    },
    take(account, scenario) {
      const number = find(account, (name) => scenario === undefined || name === scenario);
      const found = number === null ? undefined : waiting.get(number);
      if (number === null || found === undefined) return null;
      if (found.times > 1) waiting.set(number, { ...found, times: found.times - 1 });
      else remove(number, found);
      return found.scenario;
    },
    clear(account) {
      if (account === undefined) {
        waiting.clear();
        byAccount.clear();
        return;
      }
      for (const { numbers } of byAccount.get(account)?.values() ?? []) {
        for (const number of numbers) waiting.delete(number);
      }
      byAccount.delete(account);
    },
  };
}
