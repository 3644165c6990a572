import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEPTH_LIMIT, parseJson } from './parse-json.ts';

describe('what is JSON', () => {
  it('is read as JSON.parse reads it, in whatever spacing and whatever its strings hold', () => {
    const anyJson = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(anyJson, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseJson(text)).toEqual({ type: 'parsed', value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['a quote behind a backslash', String.raw`{"a\"":1,"a":2}`],
    ['a backslash before the closing quote', String.raw`{"a\\":1,"a":"\\\\"}`],
    ['colons, braces and quotes inside of strings', String.raw`{"a":"{\"a\":1,\"a\":[[","b":"a:b:c"}`],
    ['the same key in different objects', '{"a":{"a":[{"a":1},{"a":2}]}}'],
    ['an empty key', '{"":1}'],
    ['no object at all', '"a"'],
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

describe('a key that stands twice', () => {
  it.each([
    ['at the top', '{"a":1,"b":2,"a":3}', '"a"'],
    ['with the same value', '{"a":1,"a":1}', '"a"'],
    ['deep inside', '{"a":[1,{"b":{"c":1,"d":[],"c":2}}]}', '"c"'],
    ['written in two ways', String.raw`{"a":1,"\u0061":2}`, '"a"'],
    ['with space before the colon', '{"a" : 1, "a"\t\r\n : 2}', '"a"'],
    ['empty', '{"":1,"":2}', '""'],
    ['that reaches for the prototype', '{"__proto__":1,"__proto__":2}', '"__proto__"'],
    ['holding an object that the second one replaces', '{"a":{"b":1,"c":2},"a":{}}', '"a"'],
    ['and is long', `{"${'k'.repeat(100)}":1,"${'k'.repeat(100)}":2}`, `"${'k'.repeat(60)}…"`],
  ])('%s is refused by name', (_title, text, key) => {
    const because = `the key ${key} stands twice in one object of the body`;
    expect(parseJson(text)).toEqual({ type: 'refused', because });
  });

  it('is found wherever it is put', () => {
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

describe('what is refused', () => {
  it.each([
    ['nothing but space', ' ', /^the body is not JSON: /],
    ['half an object', '{"a":', /^the body is not JSON: /],
    ['a trailing comma', '{"a":1,}', /^the body is not JSON: /],
    ['a byte order mark', '\uFEFF{}', /byte order mark \(U\+FEFF\)/],
    ['NaN', '{"a":NaN}', /^the body is not JSON: /],
  ])('%s, in a sentence', (_title, text, because) => {
    expect(parseJson(text)).toEqual({ type: 'refused', because: expect.stringMatching(because) });
  });

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('%s nested too deep; the limit itself is allowed', (_title, open, close) => {
    const nested = (depth: number) => `${open.repeat(depth - 1)}{}${close.repeat(depth - 1)}`;
    expect(parseJson(nested(DEPTH_LIMIT)).type).toBe('parsed');
    const because = `the body is nested ${DEPTH_LIMIT + 1} deep, at most ${DEPTH_LIMIT} are read`;
    expect(parseJson(nested(DEPTH_LIMIT + 1))).toEqual({ type: 'refused', because });
    expect(parseJson(nested(100_000)).type).toBe('refused');
  });

  it('any other text, without ever throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseJson(text)));
  });
});
