import { describe, expect, it } from 'vitest';
import { judge, rowAgainst, rowAlone, type Target } from './row.ts';

const LABEL = { measure: 'polling', what: 'polls answered', unit: '/s' } as const;

describe('a row', () => {
  it('with a peer is judged by the ratio', () => {
    const row = rowAgainst(
      { ...LABEL, target: { type: 'atLeast', value: 0.7 } },
      [75, 80, 70],
      'bare',
      [100, 100, 100],
    );
    expect(row).toMatchObject({
      ours: { value: 75, unit: '/s' },
      peer: { name: 'bare', value: 100, unit: '/s' },
      figure: { median: 0.75, lowest: 0.7, highest: 0.8, unit: 'x' },
    });
    expect(judge(row)).toBe('pass');
  });

  it('without a peer is judged by its own figure', () => {
    const row = rowAlone({ ...LABEL, unit: 'MB', target: { type: 'atMost', value: 1024 } }, [1100]);
    expect(row.figure).toEqual({ median: 1100, lowest: 1100, highest: 1100, unit: 'MB' });
    expect(judge(row)).toBe('MISSED');
  });
});

describe('a target', () => {
  const judged = (target: Target | null, value: number) =>
    judge({ figure: { median: value, lowest: value, highest: value, unit: 'x' }, target });

  it.each<[Target['type'], number, string]>([
    ['atLeast', 0.7, 'pass'],
    ['atLeast', 0.699_999, 'MISSED'],
    ['atMost', 0.7, 'pass'],
    ['atMost', 0.700_001, 'MISSED'],
    ['below', 0.699_999, 'pass'],
    ['below', 0.7, 'MISSED'],
  ])('%s 0.7 judges %d before rounding: %s', (type, value, verdict) => {
    expect(judged({ type, value: 0.7 }, value)).toBe(verdict);
  });

  it('is missed by NaN', () => {
    expect(judged({ type: 'atMost', value: 1 }, Number.NaN)).toBe('MISSED');
  });

  it('that is null is not judged', () => {
    expect(judged(null, 1)).toBeNull();
  });
});
