import { siftDown, siftUp } from '../mock-server/engine/heap.ts';

/** The only time and the only order of everything that happens in a simulated world. */
export interface Schedule {
  /** Simulated wall time, in milliseconds. */
  readonly now: number;
  /** The number of events so far. */
  readonly steps: number;
  after(delayMs: number, run: () => void): void;
  /** Runs event after event until a condition is true or a time is reached. @returns whether the condition is true */
  runUntil(isDone: () => boolean, limitAt: number): Promise<boolean>;
}

interface Item {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** The start of simulated time: any date would do, and reports are easier to compare when it is always the same. */
const START = Date.UTC(2026, 0, 1);

/** @param afterStep called after each event and everything that follows from it without a delay */
export function createSchedule(afterStep: () => void): Schedule {
  const items: Item[] = [];
  let now = START;
  let order = 0;
  let steps = 0;
  const heap = {
    isBefore(a: number, b: number): boolean {
      const [first, second] = [items[a], items[b]];
      if (first === undefined || second === undefined) return false;
      return first.at < second.at || (first.at === second.at && first.order < second.order);
    },
    swap(a: number, b: number): void {
      const [first, second] = [items[a], items[b]];
      if (first === undefined || second === undefined) return;
      items[a] = second;
      items[b] = first;
    },
  };

  function take(): Item | undefined {
    const [first] = items;
    const last = items.pop();
    if (items.length > 0 && last !== undefined) {
      items[0] = last;
      siftDown(heap, items.length);
    }
    return first;
  }

  return {
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    after(delayMs, run) {
      items.push({ at: now + Math.max(0, delayMs), order: order++, run });
      siftUp(heap, items.length - 1);
    },
    async runUntil(isDone, limitAt) {
      while (!isDone()) {
        const [next] = items;
        if (next === undefined || next.at > limitAt) return false;
        take();
        now = next.at;
        steps += 1;
        next.run();
        await promisesSettled();
        afterStep();
      }
      return true;
    },
  };
}

/** Resolves when every promise that can settle without a further event has settled. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
