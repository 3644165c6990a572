import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { formatDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['15s', 15_000],
    ['1.5m', 90_000],
    ['2m', 120_000],
    ['36h', 129_600_000],
    ['14d', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['0.4ms', 0],
    ['007s', 7000],
    ['1m1m', 120_000],
  ])('parses %s as %i milliseconds', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each([
    '',
    ' ',
    '15',
    's',
    '15 s',
    ' 15s',
    '15s ',
    '15s\n',
    '-15s',
    '+15s',
    '1,5s',
    '.5s',
    '5.s',
    '1e3s',
    '15S',
    '15sec',
    '1w',
    '15s later',
    '1h 30m',
    'Infinityd',
    '１５s',
  ])('rejects "%s"', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1500, '1.5s'],
    [1001, '1.001s'],
    [59_999, '59.999s'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [5_400_000, '1h30m'],
    [86_400_000, '1d'],
    [86_400_001, '1d0.001s'],
    [1_209_600_000, '14d'],
    [93_784_005, '1d2h3m4.005s'],
  ])('formats %i milliseconds as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it('rounds to whole milliseconds', () => {
    expect([formatDuration(999.6), formatDuration(0.4), formatDuration(1499.5)]).toStrictEqual([
      '1s',
      '0ms',
      '1.5s',
    ]);
  });

  it('is exact: parsing the text gives the same duration', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  it('never gives a longer text than in milliseconds, from one second on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seconds) => {
        expect(formatDuration(seconds * 1000).length).toBeLessThanOrEqual(`${seconds * 1000}ms`.length);
      }),
    );
  });
});
