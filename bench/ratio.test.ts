import { describe, expect, it } from 'vitest';
import { ratioOf } from './ratio.ts';

describe('a ratio', () => {
  it('is the median of the ratios of each round, not the ratio of the medians', () => {
    // The machine was half as fast in the second round, for both.
    expect(ratioOf([80, 40, 90], [100, 50, 100])).toEqual({ median: 0.8, lowest: 0.8, highest: 0.9 });
  });

  it('requires as many rounds of theirs as of ours', () => {
    expect(() => ratioOf([1, 2], [1])).toThrow('2 rounds against 1');
  });
});
