/** What is due when: a heap, so that a million waiting things cost a million small entries and no timers. */
export interface Agenda<Item> {
  readonly size: number;
  add(dueAt: number, item: Item): void;
  /** The earliest moment; null when nothing waits. */
  nextAt(): number | null;
  /** Takes the earliest item. Items of the same moment come in the order they were added. */
  take(): Item | undefined;
  /** Lets go of entries that nobody waits for any more. */
  sweep(isWanted: (item: Item, dueAt: number) => boolean): void;
  clear(): void;
}

interface Entry<Item> {
  readonly dueAt: number;
  readonly order: number;
  readonly item: Item;
}

export function createAgenda<Item>(): Agenda<Item> {
  let heap: Entry<Item>[] = [];
  let added = 0;

  return {
    get size() {
      return heap.length;
    },
    add(dueAt, item) {
      heap.push({ dueAt, order: added++, item });
      siftUp(heap, heap.length - 1);
    },
    nextAt() {
      return heap[0]?.dueAt ?? null;
    },
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) {
        heap[0] = last;
        siftDown(heap);
      }
      return first.item;
    },
    sweep(isWanted) {
      // A sorted array is a heap.
      heap = heap.filter(({ item, dueAt }) => isWanted(item, dueAt)).sort((a, b) => (before(a, b) ? -1 : 1));
    },
    clear() {
      heap = [];
    },
  };
}

function before<Item>(a: Entry<Item>, b: Entry<Item>): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}

function siftUp<Item>(heap: Entry<Item>[], from: number): void {
  let index = from;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const entry = heap[index];
    const parent = heap[parentIndex];
    if (entry === undefined || parent === undefined || !before(entry, parent)) return;
    heap[index] = parent;
    heap[parentIndex] = entry;
    index = parentIndex;
  }
}

function siftDown<Item>(heap: Entry<Item>[]): void {
  let index = 0;
  for (;;) {
    const childIndex = earlierChild(heap, index);
    const entry = heap[index];
    const child = heap[childIndex];
    if (entry === undefined || child === undefined || !before(child, entry)) return;
    heap[index] = child;
    heap[childIndex] = entry;
    index = childIndex;
  }
}

function earlierChild<Item>(heap: readonly Entry<Item>[], index: number): number {
  const left = heap[2 * index + 1];
  const right = heap[2 * index + 2];
  return left !== undefined && right !== undefined && before(right, left) ? 2 * index + 2 : 2 * index + 1;
}
