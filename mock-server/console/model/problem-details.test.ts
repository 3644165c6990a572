import { describe, expect, it } from 'vitest';
import { isHeaderText, problemDetailsIn } from './problem-details.ts';

describe('the body of a refused call', () => {
  it.each([
    ['{"title":"Conflict","detail":"the task has ended"}', 'the task has ended'],
    ['<html>502 Bad Gateway</html>', undefined],
    ['"text"', undefined],
    ['null', undefined],
    ['', undefined],
  ])('%s', (text, detail) => {
    expect(problemDetailsIn(text).detail).toBe(detail);
  });
});

describe('the value of a header', () => {
  it('consists of the characters that browsers send', () => {
    expect(['open sesame', 'caf\u00e9'].map(isHeaderText)).toEqual([true, true]);
    for (const text of ['two\nlines', '\u{1F600}', 'nul\0']) {
      expect(isHeaderText(text)).toBe(false);
      expect(() => new Headers({ authorization: text })).toThrow(TypeError);
    }
  });
});
