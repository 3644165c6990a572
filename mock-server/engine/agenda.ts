import { type HeapItems, siftDown, siftUp } from './heap.ts';

/** Items ordered by due time. A heap instead of timers, so that a million pending items cost a few bytes each. */
export interface Agenda<Item> {
  readonly size: number;
  /** @returns the number of the entry, which is higher than those of all earlier ones */
  add(dueAt: number, item: Item): number;
  /** The earliest due time; null when the agenda is empty. */
  nextAt(): number | null;
  /** The number of the earliest entry; null when the agenda is empty. */
  nextEntry(): number | null;
  /** The earliest item, which stays; undefined when the agenda is empty. */
  first(): Item | undefined;
  /** Removes and returns the earliest item. Items due at the same time are returned in insertion order. */
  take(): Item | undefined;
  /** Returns all items with their due times and the numbers of their entries, in the order of `take`. */
  list(): [dueAt: number, item: Item, entry: number][];
  /** Removes the entries that are no longer wanted. */
  sweep(isWanted: (item: Item, entry: number) => boolean): void;
  clear(): void;
}

export function createAgenda<Item>(): Agenda<Item> {
  let columns = new Columns<Item>();
  let added = 0;

  return {
    get size() {
      return columns.size;
    },
    add(dueAt, item) {
      const entry = added++;
      columns.add(dueAt, entry, item);
      return entry;
    },
    nextAt: () => (columns.size === 0 ? null : columns.momentAt(0)),
    nextEntry: () => (columns.size === 0 ? null : columns.orderAt(0)),
    first: () => (columns.size === 0 ? undefined : columns.items[0]),
    take: () => columns.take(),
    list() {
      const indexes = Array.from({ length: columns.size }, (_, index) => index);
      indexes.sort((a, b) => (columns.isBefore(a, b) ? -1 : 1));
      return indexes.flatMap((index) => {
        const item = columns.items[index];
        return item === undefined
          ? []
          : [[columns.momentAt(index), item, columns.orderAt(index)] as [number, Item, number]];
      });
    },
    sweep(isWanted) {
      const old = columns;
      columns = new Columns();
      for (let index = 0; index < old.size; index++) {
        const item = old.items[index];
        const entry = old.orderAt(index);
        if (item !== undefined && isWanted(item, entry)) columns.add(old.momentAt(index), entry, item);
      }
    },
    clear() {
      columns = new Columns();
    },
  };
}

const INITIAL_CAPACITY = 1024;

/** A heap in three parallel columns: entries as objects would take three times the memory. */
class Columns<Item> implements HeapItems {
  readonly items: (Item | undefined)[] = [];
  size = 0;
  #moments = new Float64Array(INITIAL_CAPACITY);
  #orders = new Float64Array(INITIAL_CAPACITY);

  momentAt(index: number): number {
    return this.#moments[index] ?? 0;
  }

  orderAt(index: number): number {
    return this.#orders[index] ?? 0;
  }

  add(dueAt: number, order: number, item: Item): void {
    if (this.size === this.#moments.length) this.#widen();
    this.#put(this.size, dueAt, order, item);
    this.size += 1;
    siftUp(this, this.size - 1);
  }

  take(): Item | undefined {
    if (this.size === 0) return undefined;
    const first = this.items[0];
    this.size -= 1;
    this.swap(0, this.size);
    this.items.length = this.size;
    siftDown(this, this.size);
    return first;
  }

  isBefore(a: number, b: number): boolean {
    const first = this.momentAt(a);
    const second = this.momentAt(b);
    return first < second || (first === second && this.orderAt(a) < this.orderAt(b));
  }

  swap(a: number, b: number): void {
    const dueAt = this.momentAt(a);
    const order = this.orderAt(a);
    const item = this.items[a];
    this.#put(a, this.momentAt(b), this.orderAt(b), this.items[b]);
    this.#put(b, dueAt, order, item);
  }

  #put(index: number, dueAt: number, order: number, item: Item | undefined): void {
    this.#moments[index] = dueAt;
    this.#orders[index] = order;
    this.items[index] = item;
  }

  #widen(): void {
    this.#moments = widen(this.#moments);
    this.#orders = widen(this.#orders);
  }
}

function widen(column: Float64Array): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2);
  wider.set(column);
  return wider;
}
