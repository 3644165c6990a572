import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { DEPTH_LIMIT, parseJson } from './parse-json.ts';

describe('valid JSON', () => {
  it('is parsed as by JSON.parse, with any spacing and any strings', () => {
    const anyJson = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(anyJson, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual({ type: 'parsed', value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['a quote after a backslash', String.raw`{"a\"":1,"a":2}`],
    ['a backslash before the closing quote', String.raw`{"a\\":1,"a":"\\\\"}`],
    ['colons, braces and quotes in strings', String.raw`{"a":"{\"a\":1,\"a\":[[","b":"a:b:c"}`],
    ['the same key in different objects', '{"a":{"a":[{"a":1},{"a":2}]}}'],
    ['an empty key', '{"":1}'],
    ['a value that is not an object', '"a"'],
  ])('may have %s', (_title, text) => {
    expect(parseJson(text)).toEqual({ type: 'parsed', value: JSON.parse(text) });
  });

  it('may have half a surrogate pair, as JSON allows', () => {
    expect(parseJson(String.raw`{"a":"\ud800"}`)).toEqual({ type: 'parsed', value: { a: '\ud800' } });
  });

  it('cannot reach a prototype', () => {
    const parsed = parseJson('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}');
    if (parsed.type === 'refused') throw new Error(parsed.because);
    expect(Object.keys(parsed.value as object)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
    expect('x' in {}).toBe(false);
  });
});

describe('a duplicate key', () => {
  it.each([
    ['at the top', '{"a":1,"b":2,"a":3}', '"a"'],
    ['with the same value', '{"a":1,"a":1}', '"a"'],
    ['in a nested object', '{"a":[1,{"b":{"c":1,"d":[],"c":2}}]}', '"c"'],
    ['with two spellings', String.raw`{"a":1,"\u0061":2}`, '"a"'],
    ['with space before the colon', '{"a" : 1, "a"\t\r\n : 2}', '"a"'],
    ['empty', '{"":1,"":2}', '""'],
    ['named __proto__', '{"__proto__":1,"__proto__":2}', '"__proto__"'],
    ['with an object that the second one replaces', '{"a":{"b":1,"c":2},"a":{}}', '"a"'],
    ['with a long name', `{"${'k'.repeat(100)}":1,"${'k'.repeat(100)}":2}`, `"${'k'.repeat(60)}…"`],
  ])('is rejected with its name: %s', (_title, text, key) => {
    const because = `duplicate key ${key} in an object of the body`;
    expect(parseJson(text)).toEqual({ type: 'refused', because });
  });

  it('is found at any position', () => {
    const member = fc.tuple(fc.constantFrom('a', 'b', '"', '\\', '{', ':'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const pairs = members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
        const names = members.map(([key]) => key);
        const unique = new Set(names).size === names.length;
        expect(parseJson(`[{${pairs.join(',')}}]`).type).toBe(unique ? 'parsed' : 'refused');
      }),
    );
  });
});

describe('parseJson', () => {
  it.each([
    ['only white space', ' ', /^the body is not JSON: /],
    ['half an object', '{"a":', /^the body is not JSON: /],
    ['a trailing comma', '{"a":1,}', /^the body is not JSON: /],
    ['a byte order mark', '\uFEFF{}', /byte order mark \(U\+FEFF\)/],
    ['NaN', '{"a":NaN}', /^the body is not JSON: /],
  ])('rejects %s with a reason', (_title, text, because) => {
    expect(parseJson(text)).toEqual({ type: 'refused', because: expect.stringMatching(because) });
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('rejects %s nested above the limit, but not at the limit', (_title, open, close) => {
    const nested = (depth: number) => `${open.repeat(depth - 1)}{}${close.repeat(depth - 1)}`;
    expect(parseJson(nested(DEPTH_LIMIT)).type).toBe('parsed');
    const because = `the body is nested ${DEPTH_LIMIT + 1} levels deep; the limit is ${DEPTH_LIMIT}`;
    expect(parseJson(nested(DEPTH_LIMIT + 1))).toEqual({ type: 'refused', because });
    expect(parseJson(nested(100_000)).type).toBe('refused');
  });

  it('does not throw for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseJson(text)));
  });
});
