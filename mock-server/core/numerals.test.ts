import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
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

/** A number in any notation that JSON allows. */
const written = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom('0', '7', '12345678901234567890'),
    fc.constantFrom('', '.0', '.50', '.125'),
    fc.constantFrom('', 'e0', 'E+2', 'e-3'),
  )
  .map((parts) => parts.join(''));

/** JSON text without spaces that contains such numbers. */
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

describe('hasOddNumbers', () => {
  it.each(ODD)('finds %s anywhere in the JSON text', (text) => {
    expect(isOddNumber(text)).toBe(true);
    expect(hasOddNumbers(`{"a":[1,{"b":${text}}]}`)).toBe(true);
    expect(hasOddNumbers(text)).toBe(true);
  });

  it.each(EVEN)('does not report %s', (text) => {
    expect(hasOddNumbers(`{"a":[${text}, ${text} ]}`)).toBe(false);
  });

  it('ignores numbers in strings', () => {
    expect(hasOddNumbers(String.raw`{"1.0":"1e2 \" 1.0","a\\":"-0"}`)).toBe(false);
  });
});

describe('parseWithNumerals', () => {
  it('keeps every character except whitespace when the value is written again', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(writeJson(parseWithNumerals(text))).toBe(text);
      }),
    );
  });

  it('gives the same value as JSON.parse, with any whitespace', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // JSON.stringify writes -0 as 0.
        expect(parseWithNumerals(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('cannot set a prototype', () => {
    const parsed = parseWithNumerals('{"__proto__":{"x":1.0}}');
    expect(Object.keys(parsed as object)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(writeJson(parsed)).toBe('{"__proto__":{"x":1.0}}');
  });
});

describe('writeJson', () => {
  it('writes numerals anywhere, and omits the same values as JSON.stringify', () => {
    const one = new Numeral('1.0');
    expect(writeJson(one)).toBe('1.0');
    expect(writeJson({ a: [one, undefined], b: undefined, c: { d: one } })).toBe(
      '{"a":[1.0,null],"c":{"d":1.0}}',
    );
    expect(writeJson(undefined)).toBeUndefined();
  });

  it('converts a numeral to a number for codecs', () => {
    expect(plainNumber(new Numeral('1e2'))).toBe(100);
    expect(plainNumber('1e2')).toBe('1e2');
  });
});
