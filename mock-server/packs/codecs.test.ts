import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { CODECS } from './codecs.ts';

const HOUR = 3_600_000;
const MOMENT = Date.UTC(2023, 7, 15, 14, 30, 45, 678);

function apply(name: string, value: unknown, zoneOffsetMs = 0): unknown {
  const codec = CODECS[name];
  if (codec === undefined) throw new Error(`codec "${name}" does not exist`);
  return codec(value, { zoneOffsetMs });
}

describe('the codecs', () => {
  it('are exactly these', () => {
    expect(Object.keys(CODECS)).toStrictEqual([
      'zonelessDateTime',
      'zonelessDateTimeMs',
      'isoDateTime',
      'httpDate',
      'epochMillis',
      'epochSeconds',
      'seconds',
      'percent',
      'percentTens',
      'percentNumber',
      'share2',
      'outOf100',
      'number',
      'flag',
      'jsonString',
      'orEmpty',
      'orNull',
      'orZero',
    ]);
  });

  it.each([
    ['zonelessDateTime', MOMENT, '2023-08-15 14:30:45'],
    ['zonelessDateTime', 0, '1970-01-01 00:00:00'],
    ['isoDateTime', MOMENT, '2023-08-15T14:30:45.678Z'],
    ['epochMillis', MOMENT, MOMENT],
    ['epochSeconds', MOMENT, 1_692_109_845],
    ['epochSeconds', 999, 0],
    ['percent', 0, '0%'],
    ['percent', 0.25, '25%'],
    ['percent', 0.999, '99%'],
    ['percent', 1, '100%'],
    ['percentTens', 0, '0%'],
    ['percentTens', 0.25, '20%'],
    ['percentTens', 0.999, '90%'],
    ['percentTens', 1, '100%'],
    ['zonelessDateTimeMs', MOMENT, '2023-08-15 14:30:45.678'],
    ['httpDate', MOMENT, 'Tue, 15 Aug 2023 14:30:45 GMT'],
    ['seconds', 270_999, 270],
    ['seconds', undefined, undefined],
    ['percentNumber', 0, 0],
    ['percentNumber', 0.29, 29],
    ['percentNumber', 0.999, 99],
    ['percentNumber', 1, 100],
    ['share2', 0, '0.00'],
    ['share2', 0.5, '0.50'],
    ['share2', 0.999, '0.99'],
    ['share2', 1, '1.00'],
    ['outOf100', 0.59, '59/100'],
    ['outOf100', 1, '100/100'],
    ['number', '5', 5],
    ['number', '-0.5', -0.5],
    ['number', 5, 5],
    ['number', '', ''],
    ['number', '5s', '5s'],
    ['number', '1e999', '1e999'],
    ['flag', true, 1],
    ['flag', false, 0],
    ['flag', null, 0],
    ['flag', 'yes', 1],
    ['jsonString', { prompt: 'a "cat"' }, '{"prompt":"a \\"cat\\""}'],
    ['jsonString', 'text', '"text"'],
    ['jsonString', null, 'null'],
    ['orEmpty', undefined, ''],
    ['orEmpty', null, ''],
    ['orEmpty', 0, 0],
    ['orEmpty', false, false],
    ['orNull', undefined, null],
    ['orNull', '', ''],
    ['orZero', undefined, 0],
    ['orZero', null, 0],
    ['orZero', 7, 7],
  ])('%s converts %j to %j', (name, value, expected) => {
    expect(apply(name, value)).toStrictEqual(expected);
  });

  it.each([
    'zonelessDateTime',
    'isoDateTime',
    'epochMillis',
    'epochSeconds',
    'percent',
    'flag',
    'jsonString',
  ])('%s keeps a missing value missing, so that its key is omitted', (name) => {
    expect(apply(name, undefined)).toBeUndefined();
  });

  it.each([
    [2 * HOUR, '2023-08-15 16:30:45'],
    [-10 * HOUR, '2023-08-15 04:30:45'],
    [10 * HOUR, '2023-08-16 00:30:45'],
    [5.5 * HOUR, '2023-08-15 20:00:45'],
  ])('zonelessDateTime applies an offset of %i ms', (zoneOffsetMs, expected) => {
    expect(apply('zonelessDateTime', MOMENT, zoneOffsetMs)).toBe(expected);
  });

  it('keep every whole percentage exact', () => {
    const whole = Array.from({ length: 101 }, (_, percentage) => percentage);
    expect(whole.map((percentage) => apply('percent', percentage / 100))).toStrictEqual(
      whole.map((percentage) => `${percentage}%`),
    );
    const tens = whole.filter((percentage) => percentage % 10 === 0);
    expect(tens.map((percentage) => apply('percentTens', percentage / 100))).toStrictEqual(
      tens.map((percentage) => `${percentage}%`),
    );
  });

  it('reach 100% only at the end', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (share) => {
        expect(apply('percent', share)).toMatch(/^\d{1,2}%$/);
      }),
    );
  });

  it('write times that parse to the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
        const second = Math.floor(at / 1000) * 1000;
        expect(Date.parse(`${String(apply('zonelessDateTime', at)).replace(' ', 'T')}Z`)).toBe(second);
        expect(Number(apply('epochSeconds', at)) * 1000).toBe(second);
        expect(Date.parse(String(apply('isoDateTime', at)))).toBe(at);
      }),
    );
  });
});
