import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { atPointer, pointerParts, step } from './pointer.ts';

describe('a JSON Pointer', () => {
  const DOCUMENT = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
    '~1': 9,
  };

  // RFC 6901, section 5, except for "/", which here is the whole value, as in `$request.body#/`.
  it.each([
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/~01', 9],
  ])('"%s" finds the value in the RFC', (pointer, expected) => {
    expect(atPointer(DOCUMENT, pointer)).toStrictEqual(expected);
  });

  it.each(['/foo/2', '/foo/bar', '/nothing', '/foo/0/1', '/a', '/foo/', '/foo/-'])(
    '"%s" finds nothing',
    (pointer) => {
      expect(atPointer(DOCUMENT, pointer)).toBeUndefined();
    },
  );

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'constructor/name',
    '__proto__/toString',
  ])('does not find the inherited %s', (name) => {
    for (const value of [{}, [], { inner: {} }]) expect(atPointer(value, `/${name}`)).toBeUndefined();
    expect(atPointer({ inner: {} }, `/inner/${name}`)).toBeUndefined();
  });

  it('finds own keys with the names of inherited properties', () => {
    const sent = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(atPointer(sent, '/__proto__/a')).toBe(1);
  });

  it('does not find the length of a list', () => {
    expect(atPointer({ list: [1, 2] }, '/list/length')).toBeUndefined();
  });

  it.each([null, undefined, 5, 'text', true])('finds nothing inside %s', (value) => {
    expect(atPointer(value, '/length')).toBeUndefined();
  });

  it('splits into the keys that it was built from', () => {
    const someKeys = fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 1 });
    fc.assert(
      fc.property(someKeys, (keys) => {
        expect(pointerParts(keys.map(step).join(''))).toStrictEqual(keys);
      }),
    );
  });
});

describe('a step of a JSON Pointer', () => {
  it.each([
    ['a/b', '/a~1b'],
    ['m~n', '/m~0n'],
    ['~1', '/~01'],
    ['', '/'],
    [0, '/0'],
  ])('encodes %j as %s', (key, pointer) => {
    expect(step(key)).toBe(pointer);
  });
});
