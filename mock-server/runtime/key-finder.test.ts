import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyFinder, SHORTEST } from './key-finder.ts';

/** Few letters, so that keys share much with each other and with the text around them. */
const letters = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength, maxLength });

/** The same, slowly: the first key of the longest that begin at a place, from left to right. */
function replacedSlowly(text: string, keys: readonly string[]): string {
  const longestFirst = [...keys].sort((a, b) => b.length - a.length);
  let replaced = '';
  for (let at = 0; at < text.length; ) {
    const key = longestFirst.find((one) => text.startsWith(one, at));
    replaced += key === undefined ? text[at] : '*';
    at += key?.length ?? 1;
  }
  return replaced;
}

describe('finding keys', () => {
  it('finds what looking at every letter finds', () => {
    const pieces = fc.array(fc.oneof(letters(0, 30), fc.nat({ max: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(letters(SHORTEST, SHORTEST + 8), { minLength: 1, maxLength: 4 }),
        pieces,
        (keys, parts) => {
          const finder = createKeyFinder();
          for (const key of keys) finder.add(key, '*');
          const text = parts.map((part) => (typeof part === 'string' ? part : (keys[part] ?? ''))).join('');
          expect(finder.replace(text)).toBe(replacedSlowly(text, keys));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds the longest of keys that begin alike', () => {
    const prefix = 'ab-ab-ab-ab-';
    fc.assert(
      fc.property(
        fc.array(letters(0, 8), { minLength: 1, maxLength: 12 }),
        fc.array(fc.oneof(letters(0, 12), fc.constant(prefix)), { maxLength: 12 }),
        (ends, parts) => {
          const keys = ends.map((end) => prefix + end);
          const finder = createKeyFinder();
          for (const key of keys) finder.add(key, '*');
          expect(finder.replace(parts.join(''))).toBe(replacedSlowly(parts.join(''), keys));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('compares a text with a few of the keys that begin alike, not with all of them', () => {
    const timeWith = (count: number): number => {
      const finder = createKeyFinder();
      for (let n = 0; n < count; n++) finder.add(`sk-project-key-${String(n).padStart(5, '0')}`, '*');
      const text = 'sk-project-key-!'.repeat(4000);
      finder.replace(text);
      const start = performance.now();
      for (let n = 0; n < 5; n++) finder.replace(text);
      return performance.now() - start;
    };
    // One by one, two thousand take a hundred times as long as twenty.
    expect(timeWith(2000)).toBeLessThan(20 * timeWith(20));
  });

  it('finds a key among a thousand, at either end, next to each other, and in letters beyond Latin', () => {
    const finder = createKeyFinder();
    for (let n = 0; n < 1000; n++) finder.add(`sk-${String(n).padStart(12, '0')}`, `<${n}>`);
    expect(finder.replace('sk-000000000007')).toBe('<7>');
    expect(finder.replace('сon sk-000000000999sk-000000000000 日本')).toBe('сon <999><0> 日本');
    expect(finder.replace('sk-00000000000')).toBe('sk-00000000000');
  });

  it('gives back the very same text when there is nothing in it, or nothing to look for', () => {
    const text = 'x'.repeat(100);
    const finder = createKeyFinder();
    expect(finder.replace(text)).toBe(text);
    finder.add('sk-very-secret', '*');
    expect(finder.replace(text)).toBe(text);
  });
});
