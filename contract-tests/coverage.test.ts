import { describe, expect, it } from 'vitest';
import { fc } from '../fixtures/properties.ts';
import { timesServed } from './coverage.ts';

const part = (start: number, length: number) => ({ start, length });

describe('the number of times a file was served', () => {
  it.each([
    ['nothing', [], 0],
    ['the whole file', [part(0, 100)], 1],
    ['sequential ranges', [part(0, 40), part(40, 60)], 1],
    ['ranges in any order', [part(60, 40), part(0, 30), part(30, 30)], 1],
    ['a gap', [part(0, 40), part(41, 59)], 0],
    ['a missing end', [part(0, 99)], 0],
    ['a missing start', [part(1, 99)], 0],
    ['overlapping ranges', [part(0, 60), part(40, 60)], 1],
    ['a seek to the end, then the whole file', [part(90, 10), part(0, 100)], 1],
    ['two whole downloads', [part(0, 100), part(0, 100)], 2],
    ['a whole download, then one in ranges', [part(0, 100), part(0, 50), part(50, 50)], 2],
    ['a whole download, then half of one', [part(0, 100), part(0, 50)], 1],
    ['an empty answer', [part(0, 0)], 0],
  ])('%s', (_name, parts, times) => {
    expect(timesServed(parts, 100)).toBe(times);
  });

  it('is 0 for an empty file', () => {
    expect(timesServed([part(0, 0)], 0)).toBe(0);
  });

  it('never exceeds the number of times each byte was served, and counts whole downloads', () => {
    const anyPart = fc.record({ start: fc.nat(19), length: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 8 }), fc.nat(3), (parts, whole) => {
        const all = [...Array.from({ length: whole }, () => part(0, 20)), ...parts];
        const counts = new Array<number>(20).fill(0);
        for (const { start, length } of all) {
          for (let at = start; at < Math.min(20, start + length); at++) counts[at] = (counts[at] ?? 0) + 1;
        }
        const times = timesServed(all, 20);
        expect(times).toBeLessThanOrEqual(Math.min(...counts));
        expect(times).toBeGreaterThanOrEqual(whole);
        expect(times > 0).toBe(Math.min(...counts) > 0);
      }),
    );
  });
});
