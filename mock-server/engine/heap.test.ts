import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { siftDown, siftUp } from './heap.ts';

function heapOf(values: number[]) {
  return {
    isBefore: (a: number, b: number) => Number(values[a]) < Number(values[b]),
    swap(a: number, b: number) {
      [values[a], values[b]] = [Number(values[b]), Number(values[a])];
    },
  };
}

/** Returns the indexes of values that are before their parent. */
function misplaced(values: readonly number[]): number[] {
  return [...values.keys()].filter((index) => Number(values[index]) < Number(values[(index - 1) >> 1]));
}

describe('a heap', () => {
  it('has no value before its parent after each value that is added', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (added) => {
        const values: number[] = [];
        for (const value of added) {
          values.push(value);
          siftUp(heapOf(values), values.length - 1);
          expect(misplaced(values)).toEqual([]);
        }
        expect([...values].sort()).toEqual([...added].sort());
      }),
    );
  });

  it('has no value before its parent after its root is replaced', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer(), (some, root) => {
        // A sorted array is a heap.
        const values = some.sort((a, b) => a - b);
        values[0] = root;
        siftDown(heapOf(values), values.length);
        expect(misplaced(values)).toEqual([]);
      }),
    );
  });

  it('leaves values beyond its size in their place', () => {
    const values = [5, 3, 4, 1];
    siftDown(heapOf(values), 3);
    expect(values).toEqual([3, 5, 4, 1]);
  });
});
