import { describe, expect, it } from 'vitest';
import { createByteBudget } from './byte-budget.ts';
import { createEntryRing } from './entry-ring.ts';
import type { PackedEntry } from './journal-entry.ts';

const entry = (seq: number): PackedEntry => ({ seq, at: 1, wallAt: 1, type: 'server.reset' });

describe('the ring of entries', () => {
  it('keeps the latest entries, and counts their bytes', () => {
    const budget = createByteBudget(1_000_000);
    const ring = createEntryRing(3, budget);
    for (let seq = 1; seq <= 5; seq++) ring.add(entry(seq));
    expect([ring.first, ring.last]).toEqual([3, 5]);
    expect([0, 2, 3, 4, 5].map((seq) => ring.after(seq)?.seq)).toEqual([3, 3, 4, 5, undefined]);
    expect(budget.used('journal')).toBe(3 * 400);
    ring.clear();
    expect([budget.used('journal'), ring.last, ring.after(0)]).toEqual([0, 5, undefined]);
  });

  it('evicts the oldest entries above the budget, but never the newest one', () => {
    const ring = createEntryRing(100, createByteBudget(2000));
    for (let seq = 1; seq <= 5; seq++) {
      ring.add(entry(seq));
      ring.trim();
    }
    expect(ring.first).toBe(4);
    const tiny = createEntryRing(100, createByteBudget(100));
    tiny.add(entry(1));
    tiny.trim();
    expect(tiny.after(0)).toBeDefined();
  });

  it('continues after a number that it has no entry of', () => {
    const ring = createEntryRing(10, createByteBudget(1_000_000));
    ring.add(entry(1));
    ring.skipTo(50);
    ring.add(entry(51));
    expect([ring.first, ring.last, ring.after(0)?.seq, ring.after(51)]).toEqual([51, 51, 51, undefined]);
  });
});
