import { describe, expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';
import type { EntryRing } from './entry-ring.ts';
import type { PackedEntry } from './journal-entry.ts';
import { createSparseRing } from './sparse-ring.ts';

const state = (seq: number): PackedEntry => ({ seq, at: 1, wallAt: 1, type: 'server.reset' });
const observation = (seq: number): PackedEntry => ({
  ...{ seq, at: 1, wallAt: 1, type: 'pack.refused' },
  ...{ pack: 'a', problem: '' },
});

function numbersIn(ring: EntryRing): number[] {
  const numbers: number[] = [];
  for (let entry = ring.after(0); entry !== undefined; entry = ring.after(entry.seq)) numbers.push(entry.seq);
  return numbers;
}

describe('a ring of entries whose numbers have gaps', () => {
  it('knows up to which number entries were dropped, in spite of the gaps', () => {
    const ring = createSparseRing(2, createByteBudget(1e9));
    for (const seq of [1000, 2000]) ring.add(state(seq));
    expect(ring.dropped).toBe(0);
    ring.add(state(3000));
    expect(ring.dropped).toBe(1000);
    ring.skipTo(5000);
    expect(ring.dropped).toBe(5000);
  });

  it('lists them in the order of their numbers, whenever observations arrive', () => {
    const ring = createSparseRing(10, createByteBudget(1_000_000));
    for (const seq of [10, 30, 50]) ring.add(state(seq));
    for (const seq of [20, 40, 60]) ring.add(observation(seq));
    expect(numbersIn(ring)).toEqual([10, 20, 30, 40, 50, 60]);
    expect([ring.after(25)?.seq, ring.after(60), ring.first, ring.last]).toEqual([30, undefined, 10, 60]);
  });

  it('keeps the entries with the highest numbers, in any order of arrival', () => {
    const inOrder = createSparseRing(3, createByteBudget(1_000_000));
    const late = createSparseRing(3, createByteBudget(1_000_000));
    for (const seq of [1, 2, 3, 4, 5, 6]) inOrder.add(seq % 2 === 0 ? state(seq) : observation(seq));
    for (const seq of [2, 4, 6]) late.add(state(seq));
    for (const seq of [1, 3, 5]) late.add(observation(seq));
    expect(numbersIn(late)).toEqual([4, 5, 6]);
    expect(numbersIn(late)).toEqual(numbersIn(inOrder));
  });

  it('drops observations from before it was cleared that arrive later', () => {
    const ring = createSparseRing(10, createByteBudget(1_000_000));
    ring.add(state(5));
    ring.clear();
    ring.add(observation(4));
    ring.add(observation(6));
    expect(numbersIn(ring)).toEqual([6]);
    ring.skipTo(100);
    ring.add(observation(99));
    ring.add(observation(101));
    expect(numbersIn(ring)).toEqual([101]);
  });

  it('counts the bytes of what it keeps, and evicts the oldest entries above the budget', () => {
    const budget = createByteBudget(4000);
    const ring = createSparseRing(5000, budget);
    for (let seq = 1; seq <= 4000; seq++) {
      ring.add(seq % 3 === 0 ? observation(seq) : state(seq));
      ring.trim();
    }
    expect(budget.used('journal')).toBeLessThanOrEqual(2000);
    expect(numbersIn(ring).at(-1)).toBe(4000);
    ring.clear();
    expect(budget.used('journal')).toBe(0);
  });
});
