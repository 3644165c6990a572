import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createKeyFinder, SHORTEST } from './key-finder.ts';

/** A small alphabet, so that keys overlap with each other and with the surrounding text. */
const textOf = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength, maxLength });

/** The reference implementation: replaces the longest key at each position, from left to right. */
function replacedNaively(text: string, keys: readonly string[]): string {
  const longestFirst = [...keys].sort((a, b) => b.length - a.length);
  let replaced = '';
  for (let at = 0; at < text.length; ) {
    const key = longestFirst.find((one) => text.startsWith(one, at));
    replaced += key === undefined ? text[at] : '*';
    at += key?.length ?? 1;
  }
  return replaced;
}

describe('the key finder', () => {
  it('finds the same keys as a naive search', () => {
    const pieces = fc.array(fc.oneof(textOf(0, 30), fc.nat({ max: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(textOf(SHORTEST, SHORTEST + 8), { minLength: 1, maxLength: 4 }),
        pieces,
        (keys, parts) => {
          const finder = createKeyFinder();
          for (const key of keys) finder.add(key, '*');
          const text = parts.map((part) => (typeof part === 'string' ? part : (keys[part] ?? ''))).join('');
          expect(finder.replace(text)).toBe(replacedNaively(text, keys));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds the longest of several keys with the same prefix', () => {
    const prefix = 'ab-ab-ab-ab-';
    fc.assert(
      fc.property(
        fc.array(textOf(0, 8), { minLength: 1, maxLength: 12 }),
        fc.array(fc.oneof(textOf(0, 12), fc.constant(prefix)), { maxLength: 12 }),
        (ends, parts) => {
          const keys = ends.map((end) => prefix + end);
          const finder = createKeyFinder();
          for (const key of keys) finder.add(key, '*');
          expect(finder.replace(parts.join(''))).toBe(replacedNaively(parts.join(''), keys));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('compares a text with few of the keys that share a prefix', () => {
    const timeWith = (count: number): number => {
      const finder = createKeyFinder();
      for (let n = 0; n < count; n++) finder.add(`sk-project-key-${String(n).padStart(5, '0')}`, '*');
      const text = 'sk-project-key-!'.repeat(4000);
      finder.replace(text);
      const start = performance.now();
      for (let n = 0; n < 5; n++) finder.replace(text);
      return performance.now() - start;
    };
    // A linear comparison would take a hundred times as long for two thousand keys as for twenty.
    expect(timeWith(2000)).toBeLessThan(20 * timeWith(20));
  });

  it('finds one of a thousand keys, at either end, adjacent keys, and keys in non-Latin text', () => {
    const finder = createKeyFinder();
    for (let n = 0; n < 1000; n++) finder.add(`sk-${String(n).padStart(12, '0')}`, `<${n}>`);
    expect(finder.replace('sk-000000000007')).toBe('<7>');
    expect(finder.replace('сon sk-000000000999sk-000000000000 日本')).toBe('сon <999><0> 日本');
    expect(finder.replace('sk-00000000000')).toBe('sk-00000000000');
  });

  it('returns the same text when it contains no keys, and when no keys were added', () => {
    const text = 'x'.repeat(100);
    const finder = createKeyFinder();
    expect(finder.replace(text)).toBe(text);
    finder.add('sk-very-secret', '*');
    expect(finder.replace(text)).toBe(text);
  });
});
