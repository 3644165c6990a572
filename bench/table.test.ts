import { describe, expect, it } from 'vitest';
import { rowAgainst, rowAlone } from './row.ts';
import { formatFigure, formatRows } from './table.ts';

describe('a figure', () => {
  it.each([
    [{ value: 24_123.4, unit: '/s' }, '24,123/s'],
    [{ value: 0.7049, unit: 'x' }, '0.70x'],
    [{ value: 12.345, unit: 'x' }, '12.3x'],
    [{ value: 10, unit: 'x' }, '10x'],
    [{ value: 9.999, unit: 'µs' }, '10.00 µs'],
    [{ value: 1024, unit: 'MB' }, '1,024 MB'],
  ] as const)('formats %j as %s', (figure, text) => {
    expect(formatFigure(figure)).toBe(text);
  });
});

describe('the table', () => {
  const lines = formatRows([
    rowAgainst(
      { measure: 'polling', what: 'polls answered', unit: '/s', target: { type: 'atLeast', value: 0.7 } },
      [24_000, 25_000, 26_000],
      'bare node:http',
      [40_000, 40_000, 40_000],
    ),
    rowAlone({ measure: 'tasks', what: 'heap', unit: 'MB', target: null }, [700]),
  ]);

  it('has a header and one line per row', () => {
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^measure +metric +ours +peer +theirs +figure +range +target$/);
  });

  it('shows both sides, their ratio, the range of the rounds, the target, and the verdict', () => {
    expect(lines[1]).toMatch(
      /^polling +polls answered +25,000\/s +bare node:http +40,000\/s +0\.63x +0\.60x to 0\.65x +>= 0\.70x +MISSED$/,
    );
  });

  it('shows no verdict without a target', () => {
    expect(lines[2]).toMatch(/^tasks +heap +700 MB +700 MB$/);
  });

  it('is aligned in columns', () => {
    const [head = '', first = ''] = lines;
    expect(first.indexOf('bare node:http')).toBe(head.indexOf('peer'));
    expect(first.indexOf('>=')).toBe(head.indexOf('target'));
  });
});
