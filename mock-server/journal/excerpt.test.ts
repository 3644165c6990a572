import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { EXCERPT_LENGTH, excerpt, LONGEST_STRING, shortenStrings } from './excerpt.ts';

const same = (text: string) => text;
const KEY = 'sk-7f3a9c51e2';
const masking = (text: string) => text.replaceAll(KEY, '*');

describe('an excerpt', () => {
  it('is the start of a long text, followed by its length', () => {
    expect(excerpt('short', same)).toBe('short');
    expect(excerpt('x'.repeat(10_000), same)).toBe(
      `${'x'.repeat(EXCERPT_LENGTH)}… (10000 characters in all)`,
    );
  });

  it('does not contain part of a key at the cut', () => {
    for (let before = EXCERPT_LENGTH - KEY.length; before <= EXCERPT_LENGTH; before++) {
      const shown = excerpt(`${'x'.repeat(before)}${KEY}${'y'.repeat(1000)}`, masking);
      expect(shown).not.toContain(KEY.slice(0, 2));
    }
  });
});

describe('strings of a long JSON text', () => {
  const long = LONGEST_STRING + 1000;

  it('are truncated when they are very long, and the JSON around them is unchanged', () => {
    const text = JSON.stringify({ a: 'x'.repeat(long), b: 'y'.repeat(LONGEST_STRING - 10), c: [1] });
    expect(JSON.parse(shortenStrings(text, same))).toEqual({
      a: `${'x'.repeat(EXCERPT_LENGTH)}… (${long} characters in all)`,
      b: 'y'.repeat(LONGEST_STRING - 10),
      c: [1],
    });
  });

  it('stay valid JSON, regardless of the characters at the cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
        fc.nat({ max: 20 }),
        (piece, before) => {
          const value = `${'x'.repeat(before)}${piece.repeat(Math.ceil(long / piece.length))}`;
          const shown = JSON.parse(shortenStrings(JSON.stringify({ a: value, b: 1 }), same)) as { a: string };
          expect(shown).toEqual({ a: expect.stringMatching(/… \(\d+ characters in all\)$/), b: 1 });
          expect(value.startsWith(shown.a.replace(/… \(\d+ characters in all\)$/, ''))).toBe(true);
        },
      ),
    );
  });

  it('are unchanged in short texts and when a string is unterminated', () => {
    expect(shortenStrings('{"a":"x"}', same)).toBe('{"a":"x"}');
    const broken = `{"a":"${'x'.repeat(long)}`;
    expect(shortenStrings(broken, same)).toBe(broken);
  });

  it('do not contain part of a key at the cut', () => {
    const text = JSON.stringify({ a: `${'x'.repeat(EXCERPT_LENGTH - 3)}${KEY}${'y'.repeat(long)}` });
    expect(shortenStrings(text, masking)).not.toContain('sk-');
  });
});
