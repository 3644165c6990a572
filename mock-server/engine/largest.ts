/** Keeps the N largest of any number of values: a heap whose root is the smallest kept value. */
export interface Largest {
  offer(value: number): void;
  /** The smallest kept value; null while there are fewer than N values. */
  least(): number | null;
}

export function createLargest(most: number): Largest {
  const heap: number[] = [];

  function siftUp(): void {
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (at(parent) <= at(index)) return;
      swap(parent, index);
      index = parent;
    }
  }

  function siftDown(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      if (left >= heap.length) return;
      const child = right < heap.length && at(right) < at(left) ? right : left;
      if (at(index) <= at(child)) return;
      swap(index, child);
      index = child;
    }
  }

  const at = (index: number): number => heap[index] ?? 0;

  function swap(a: number, b: number): void {
    const value = at(a);
    heap[a] = at(b);
    heap[b] = value;
  }

  return {
    offer(value) {
      if (heap.length < most) {
        heap.push(value);
        siftUp();
      } else if (value > at(0)) {
        heap[0] = value;
        siftDown();
      }
    },
    least: () => (heap.length < most ? null : at(0)),
  };
}
