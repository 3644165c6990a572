import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasOddNumbers,
  isOddNumber,
  Numeral,
  parseWithNumerals,
  plainNumber,
  writeJson,
} from './numerals.ts';

const ODD = ['1.0', '1e2', '1E5', '-0', '-0.0', '12345678901234567890', '1e21', '0.10', '1.5e-3', '1e400'];
const EVEN = ['0', '-1', '1.5', '0.1', '123456789012345', '1e+21', '5e-324', '100'];

/** A number as somebody may write it. */
const written = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom('0', '7', '12345678901234567890'),
    fc.constantFrom('', '.0', '.50', '.125'),
    fc.constantFrom('', 'e0', 'E+2', 'e-3'),
  )
  .map((parts) => parts.join(''));

/** JSON text without spaces, with such numbers in it. */
const jsonText = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    written,
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('true', 'false', 'null'),
    fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.string({ unit: 'binary' }).filter((key) => !/^\d+$/.test(key)))
      .chain((keys) =>
        fc.tuple(...keys.map((key) => tie('value').map((value) => `${JSON.stringify(key)}:${value}`))),
      )
      .map((members) => `{${members.join(',')}}`),
  ),
})).value as fc.Arbitrary<string>;

describe('a number that would be printed otherwise', () => {
  it.each(ODD)('%s is found, wherever it is', (text) => {
    expect(isOddNumber(text)).toBe(true);
    expect(hasOddNumbers(`{"a":[1,{"b":${text}}]}`)).toBe(true);
    expect(hasOddNumbers(text)).toBe(true);
  });

  it.each(EVEN)('%s is none', (text) => {
    expect(hasOddNumbers(`{"a":[${text}, ${text} ]}`)).toBe(false);
  });

  it('is not found in strings', () => {
    expect(hasOddNumbers(String.raw`{"1.0":"1e2 \" 1.0","a\\":"-0"}`)).toBe(false);
  });
});

describe('JSON text', () => {
  it('comes back letter by letter, spaces aside', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(writeJson(parseWithNumerals(text))).toBe(text);
      }),
    );
  });

  it('is parsed to what JSON.parse makes of it, in whatever spacing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // Where -0 is printed as 0.
        expect(parseWithNumerals(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('cannot reach a prototype', () => {
    const parsed = parseWithNumerals('{"__proto__":{"x":1.0}}');
    expect(Object.keys(parsed as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(writeJson(parsed)).toBe('{"__proto__":{"x":1.0}}');
  });
});

describe('writing', () => {
  it('writes a numeral by itself, in lists and in members, and leaves out what JSON.stringify leaves out', () => {
    const one = new Numeral('1.0');
    expect(writeJson(one)).toBe('1.0');
    expect(writeJson({ a: [one, undefined], b: undefined, c: { d: one } })).toBe(
      '{"a":[1.0,null],"c":{"d":1.0}}',
    );
    expect(writeJson(undefined)).toBeUndefined();
  });

  it('shows a numeral to codecs as the number it is', () => {
    expect(plainNumber(new Numeral('1e2'))).toBe(100);
    expect(plainNumber('1e2')).toBe('1e2');
  });
});
