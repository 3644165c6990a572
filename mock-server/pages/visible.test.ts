import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { visible, visibleJson, visibleLine } from './visible.ts';

describe('untrusted texts', () => {
  it('have terminal control characters escaped', () => {
    expect(visible('\u001b[31mred\u0007 \u009b \u0000')).toBe('\\x1b[31mred\\x07 \\x9b \\x00');
    expect(visible('over\rwritten')).toBe('over\\x0dwritten');
  });

  it('have direction marks escaped', () => {
    expect(visible('\u202egnp.exe\u2066')).toBe('\\u202egnp.exe\\u2066');
  });

  it.each([
    ['a delete character', '\u007f', '\\x7f'],
    ['a C1 control', '\u0085\u009b31m', '\\x85\\x9b31m'],
    ['a line separator', '\u2028', '\\u2028'],
    ['a paragraph separator', '\u2029', '\\u2029'],
    ['a zero-width space', 'pass\u200bword', 'pass\\u200bword'],
    ['joiners', '\u200d\u200c\u2060', '\\u200d\\u200c\\u2060'],
    ['a byte order mark', '\ufeff', '\\ufeff'],
    ['a soft hyphen', '\u00ad', '\\xad'],
    ['a high surrogate', 'a\ud83c', 'a\\ud83c'],
    ['a low surrogate', '\udfacb', '\\udfacb'],
    ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ])('have %s escaped', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('keep their meaning as JSON', () => {
    const text = fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(
        fc.anything({ values: [text], key: text }).map((value) => JSON.parse(JSON.stringify(value ?? null))),
        (value) => {
          const json = visibleJson(value);
          expect(JSON.parse(json)).toEqual(value);
          expect(visible(json)).toBe(json);
        },
      ),
    );
    expect(visibleJson(['\u{e0041}\u009b'])).toBe('["\\udb40\\udc41\\u009b"]');
  });

  it('keep line breaks, tabs, and all visible characters', () => {
    expect(visible('é\t→\n日本 🎬 ❤️')).toBe('é\t→\n日本 🎬 ❤️');
  });

  it('become a single line on request', () => {
    expect(visibleLine(' two\n  lines\t\r\n')).toBe('two lines');
  });
});
