/** Bounds the number of POSTs to one origin at a time, first come, first served. Origins never wait for each other. */
export interface OriginQueue {
  /** Enters at once and returns null, or returns a promise of the caller's turn. `leave` must follow either. */
  enter(origin: string): Promise<void> | null;
  leave(origin: string): void;
}

interface OriginLine {
  busy: number;
  readonly waiting: Queue<() => void>;
}

/** @param width the number of POSTs to one origin at a time */
export function createOriginQueue(width: number): OriginQueue {
  const lines = new Map<string, OriginLine>();

  return {
    enter(origin) {
      let line = lines.get(origin);
      if (line === undefined) {
        line = { busy: 0, waiting: createQueue() };
        lines.set(origin, line);
      }
      const { waiting } = line;
      if (line.busy >= width) return new Promise<void>((resolve) => waiting.add(resolve));
      line.busy += 1;
      return null;
    },
    leave(origin) {
      const line = lines.get(origin);
      if (line === undefined) return;
      const next = line.waiting.take();
      // The next one takes over the place, so `busy` stays the same.
      if (next !== undefined) return next();
      line.busy -= 1;
      if (line.busy === 0) lines.delete(origin);
    },
  };
}

interface Queue<Item> {
  add(item: Item): void;
  take(): Item | undefined;
}

/** `Array.shift` moves every item that stays, which is most of the work when a hundred thousand wait. */
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
