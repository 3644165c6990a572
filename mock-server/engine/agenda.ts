/** Items ordered by due time. A heap instead of timers, so that a million pending items cost a few bytes each. */
export interface Agenda<Item> {
  readonly size: number;
  add(dueAt: number, item: Item): void;
  /** The earliest due time; null when the agenda is empty. */
  nextAt(): number | null;
  /** Removes and returns the earliest item. Items due at the same time are returned in insertion order. */
  take(): Item | undefined;
  /** Removes the entries that are no longer wanted. */
  sweep(isWanted: (item: Item, dueAt: number) => boolean): void;
  clear(): void;
}

const INITIAL_CAPACITY = 1024;

export function createAgenda<Item>(): Agenda<Item> {
  // A heap in three parallel columns: entries as objects would take three times the memory.
  let moments = new Float64Array(INITIAL_CAPACITY);
  let orders = new Float64Array(INITIAL_CAPACITY);
  let items: (Item | undefined)[] = [];
  let size = 0;
  let added = 0;

  function before(a: number, b: number): boolean {
    const first = moments[a] ?? 0;
    const second = moments[b] ?? 0;
    return first < second || (first === second && (orders[a] ?? 0) < (orders[b] ?? 0));
  }

  function put(index: number, dueAt: number, order: number, item: Item | undefined): void {
    moments[index] = dueAt;
    orders[index] = order;
    items[index] = item;
  }

  function swap(a: number, b: number): void {
    const dueAt = moments[a] ?? 0;
    const order = orders[a] ?? 0;
    const item = items[a];
    put(a, moments[b] ?? 0, orders[b] ?? 0, items[b]);
    put(b, dueAt, order, item);
  }

  function siftUp(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(index, parent)) return;
      swap(index, parent);
      index = parent;
    }
  }

  function siftDown(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= size) return;
      const child = right < size && before(right, left) ? right : left;
      if (!before(child, index)) return;
      swap(child, index);
      index = child;
    }
  }

  function ensureCapacity(): void {
    if (size < moments.length) return;
    moments = widen(moments);
    orders = widen(orders);
  }

  function add(dueAt: number, order: number, item: Item | undefined): void {
    ensureCapacity();
    put(size, dueAt, order, item);
    size += 1;
    siftUp(size - 1);
  }

  function clear(): void {
    moments = new Float64Array(INITIAL_CAPACITY);
    orders = new Float64Array(INITIAL_CAPACITY);
    items = [];
    size = 0;
  }

  return {
    get size() {
      return size;
    },
    add: (dueAt, item) => add(dueAt, added++, item),
    nextAt: () => (size === 0 ? null : (moments[0] ?? null)),
    take() {
      if (size === 0) return undefined;
      const first = items[0];
      size -= 1;
      swap(0, size);
      items.length = size;
      siftDown();
      return first;
    },
    sweep(isWanted) {
      const [oldMoments, oldOrders, oldItems, oldSize] = [moments, orders, items, size];
      clear();
      for (let index = 0; index < oldSize; index++) {
        const item = oldItems[index];
        const dueAt = oldMoments[index] ?? 0;
        if (item !== undefined && isWanted(item, dueAt)) add(dueAt, oldOrders[index] ?? 0, item);
      }
    },
    clear,
  };
}

function widen(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
