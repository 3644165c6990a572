/** Keeps the POSTs to one origin to a number at a time; who comes first goes first. Origins never wait for each other. */
export interface Lanes {
  /** Resolves when it is the caller's turn; the caller leaves by calling what it got. */
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
    // Whoever waited takes over the place, so `busy` stays as it is.
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

/** `Array.shift` moves all that stay behind: with a hundred thousand waiting, that is most of the work. */
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
