/** The items of a binary heap, by index. The heap moves them and does not know how they are stored. */
export interface HeapItems {
  isBefore(a: number, b: number): boolean;
  swap(a: number, b: number): void;
}

/** Moves an item toward the root until its parent is not after it. */
export function siftUp(items: HeapItems, from: number): void {
  let index = from;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!items.isBefore(index, parent)) return;
    items.swap(index, parent);
    index = parent;
  }
}

/** Moves the root down until none of its children is before it. @param size the number of items in the heap */
export function siftDown(items: HeapItems, size: number): void {
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    if (left >= size) return;
    const child = right < size && items.isBefore(right, left) ? right : left;
    if (!items.isBefore(child, index)) return;
    items.swap(child, index);
    index = child;
  }
}
