import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createLargest } from './largest.ts';

describe('the N largest values', () => {
  it('have the least value of a sorted list, and none before there are N values', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 20 })),
        (most, values) => {
          const largest = createLargest(most);
          for (const [index, value] of values.entries()) {
            largest.offer(value);
            const sorted = values.slice(0, index + 1).sort((a, b) => b - a);
            expect(largest.least()).toBe(sorted[most - 1] ?? null);
          }
        },
      ),
    );
  });
});
