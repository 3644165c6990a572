import { type HeapItems, siftDown, siftUp } from './heap.ts';

/** Keeps the N largest of any number of values: a heap whose root is the smallest kept value. */
export interface Largest {
  offer(value: number): void;
  /** The smallest kept value; null while there are fewer than N values. */
  least(): number | null;
}

export function createLargest(most: number): Largest {
  const heap = new Values();
  const { values } = heap;
  return {
    offer(value) {
      if (values.length < most) {
        values.push(value);
        siftUp(heap, values.length - 1);
      } else if (value > heap.at(0)) {
        values[0] = value;
        siftDown(heap, values.length);
      }
    },
    least: () => (values.length < most ? null : heap.at(0)),
  };
}

class Values implements HeapItems {
  readonly values: number[] = [];

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  isBefore(a: number, b: number): boolean {
    return this.at(a) < this.at(b);
  }

  swap(a: number, b: number): void {
    const value = this.at(a);
    this.values[a] = this.at(b);
    this.values[b] = value;
  }
}
