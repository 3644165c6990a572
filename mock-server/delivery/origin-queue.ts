/** Limits the concurrent POSTs to each origin, in order of arrival. Origins do not wait for each other. */
export interface Lanes {
  /** Resolves when it is the caller's turn, to a function that the caller must call when done. */
  enter(origin: string): Promise<() => void>;
}

interface Lane {
  busy: number;
  readonly waiting: Queue<() => void>;
}

export function createLanes(width: number): Lanes {
  const lanes = new Map<string, Lane>();

  function leave(origin: string, lane: Lane): void {
    const next = lane.waiting.take();
    // The waiting caller takes over the slot, so `busy` does not change.
    if (next !== undefined) return next();
    lane.busy -= 1;
    if (lane.busy === 0) lanes.delete(origin);
  }

  return {
    async enter(origin) {
      const lane = lanes.get(origin) ?? { busy: 0, waiting: createQueue() };
      lanes.set(origin, lane);
      if (lane.busy >= width) await new Promise<void>((resolve) => lane.waiting.add(resolve));
      else lane.busy += 1;
      return () => leave(origin, lane);
    },
  };
}

interface Queue<Item> {
  add(item: Item): void;
  take(): Item | undefined;
}

/** `Array.shift` moves all remaining items, which dominates the cost when a hundred thousand callers wait. */
function createQueue<Item>(): Queue<Item> {
  let items: Item[] = [];
  let first = 0;
  return {
    add: (item) => items.push(item),
    take() {
      const item = items[first];
      if (item === undefined) return undefined;
      first += 1;
      if (first >= 1024 && first * 2 >= items.length) {
        items = items.slice(first);
        first = 0;
      }
      return item;
    },
  };
}
