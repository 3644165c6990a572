import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WAIT_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import { fc } from '../../fixtures/properties.ts';
import { documentPattern, isPlainlyLinear } from './document-pattern.ts';
import { builtInPackDirs } from './load-pack.ts';

/** Slow patterns, each with a text that makes it backtrack. */
const SLOW: readonly (readonly [pattern: string, text: string])[] = [
  ['^(a+)+$', `${'a'.repeat(60)}!`],
  ['^(a|a)*$', `${'a'.repeat(60)}!`],
  ['^(\\w+\\s?)*$', `${'a'.repeat(60)}!`],
  ['(a?){60}b', 'a'.repeat(60)],
  ['^(a|a){60}$', `${'a'.repeat(60)}!`],
  ['^.*.*.*=$', 'a'.repeat(20_000)],
  ['\\s+$', `${' '.repeat(1_000_000)}!`],
  ['^x|\\s+$', `${' '.repeat(1_000_000)}!`],
  ['^(.*)\\1{2}x$', 'a'.repeat(400_000)],
  ['^(?=(a+)+$)', `${'a'.repeat(60)}!`],
];

describe('a pattern of a document', () => {
  it.each(SLOW)('%s is stopped, and the text does not match', (pattern, text) => {
    const compiled = documentPattern(pattern);
    const begun = performance.now();
    expect(compiled.test(text)).toBe(false);
    // Without the limit, this takes minutes.
    expect(performance.now() - begun).toBeLessThan(WAIT_LIMIT_MS);
  });

  it.each(SLOW)('%s gives the correct result for other texts', (pattern) => {
    const text = 'a text that is long enough for the time limit';
    expect(documentPattern(pattern).test(text)).toBe(new RegExp(pattern, 'u').test(text));
  });

  it.each([
    '^\\d+%$',
    '^[A-Za-z][A-Za-z0-9_]{2,15}$',
    '^(https://|data:image/[^,]*;base64,)',
    '^[0-9a-f]{8}-[0-9a-f]{4}$',
    'plain',
    '^\\p{L}+$',
    '^[(|)*+?{]+$',
  ])('%s runs without a limit', (pattern) => {
    expect(isPlainlyLinear(pattern)).toBe(true);
  });

  it('matches the same texts as the regular expression', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '\\w', '.', '(a|b)', '(?:ab)', '(?=a)', '^', '$', '|');
    const quantifier = fc.constantFrom('', '', '+', '*', '?', '{2}', '{1,3}');
    const pattern = fc
      .array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.map(([one, more]) => one + (/^[\^$|]$|^\(\?=/.test(one) ? '' : more)).join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 24 });
    fc.assert(
      fc.property(pattern, text, (source, tried) => {
        expect(documentPattern(source).test(tried)).toBe(new RegExp(source, 'u').test(tried));
      }),
      { numRuns: 500 },
    );
  });

  it('is linear in every built-in pack, so that no request waits for the limit', () => {
    const patterns = builtInPackDirs().flatMap((dir) =>
      [...readFileSync(join(dir, 'openapi.yaml'), 'utf8').matchAll(/\bpattern: '([^']+)'/g)].map(
        ([, source = '']) => source,
      ),
    );
    expect(patterns.length).toBeGreaterThan(0);
    expect(patterns.filter((pattern) => !isPlainlyLinear(pattern))).toEqual([]);
  });
});
