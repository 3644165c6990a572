import type { Account } from '../core/types.ts';

/** A scenario that waits for the next submissions of one account, or of any (null). */
export interface QueuedScenario {
  readonly scenario: string;
  readonly times: number;
  readonly account: Account | null;
}

export interface ScenarioQueue {
  /** How many entries wait. */
  readonly size: number;
  readonly entries: readonly QueuedScenario[];
  /** The entries that came first. */
  first(most: number): QueuedScenario[];
  add(entry: QueuedScenario): void;
  /** The first that fits; null when none waits. */
  peek(account: Account, isKnown?: (scenario: string) => boolean): string | null;
  /** The same, or the first of that name, and one use of it is gone. */
  take(account: Account, scenario?: string): string | null;
  clear(account?: Account): void;
}

/** The numbers of the entries with one scenario, in the order they came; those before `next` are used up. */
interface Line {
  numbers: number[];
  next: number;
}

/** The entries for one account, or for any, by scenario. */
type Shelf = Map<string, Line>;

/** Neither what waits for other accounts nor how often the same scenario was queued adds to the cost of a submission. */
export function createScenarioQueue(): ScenarioQueue {
  const waiting = new Map<number, QueuedScenario>();
  const shelves = new Map<Account | null, Shelf>();
  let added = 0;

  /** The number of the first entry that fits; null when none does. */
  function find(account: Account, fits: (scenario: string) => boolean): number | null {
    let earliest: number | null = null;
    for (const owner of [null, account]) {
      for (const [scenario, { numbers, next }] of shelves.get(owner) ?? []) {
        const first = numbers[next];
        const isEarlier = first !== undefined && (earliest === null || first < earliest);
        if (isEarlier && fits(scenario)) earliest = first;
      }
    }
    return earliest;
  }

  /** Only the first of a line is ever used up. */
  function remove(number: number, { scenario, account }: QueuedScenario): void {
    waiting.delete(number);
    const shelf = shelves.get(account);
    const line = shelf?.get(scenario);
    if (shelf === undefined || line === undefined) return;
    line.next += 1;
    if (line.next === line.numbers.length) shelf.delete(scenario);
    else if (line.next >= 1024 && 2 * line.next >= line.numbers.length) {
      line.numbers = line.numbers.slice(line.next);
      line.next = 0;
    }
    if (shelf.size === 0) shelves.delete(account);
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
      const shelf: Shelf = shelves.get(account) ?? new Map();
      const line: Line = shelf.get(scenario) ?? { numbers: [], next: 0 };
      line.numbers.push(added);
      shelves.set(account, shelf.set(scenario, line));
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
        shelves.clear();
        return;
      }
      for (const { numbers } of shelves.get(account)?.values() ?? []) {
        for (const number of numbers) waiting.delete(number);
      }
      shelves.delete(account);
    },
  };
}
