import { describe, expect, it } from 'vitest';
import { CODECS } from './codecs.ts';
import { Defect } from './defect.ts';
import { bodyPointer, compileExpression, type Language } from './expressions.ts';

interface Box {
  readonly value: unknown;
}

const LANGUAGE: Language<Box> = {
  settings: { zoneOffsetMs: 0 },
  roots: {
    box: (path) => (path === 'value' ? ({ value }) => value : null),
    list: (path) => (path === '' ? () => [1, 2] : null),
  },
};

function evaluate(source: string, value: unknown = 'the value'): unknown {
  return compileExpression(source, LANGUAGE)({ value });
}

/** Returns the message with which an expression is rejected. */
function messageOf(source: string): string {
  try {
    compileExpression(source, LANGUAGE);
  } catch (error) {
    if (error instanceof Defect) return error.message;
    throw error;
  }
  return 'it compiles';
}

describe('an expression', () => {
  it.each([
    ['$box.value', 'the value'],
    ['  $box.value  ', 'the value'],
    ['$list', [1, 2]],
    ['$null', null],
    ['$null | orEmpty', ''],
    ['$box.value | jsonString', '"the value"'],
    ['$box.value|jsonString|jsonString', '"\\"the value\\""'],
    ['$box.value | or nothing', 'the value'],
    ['$null | or nothing', 'nothing'],
    ['$null | or more than one word', 'more than one word'],
    ['$null | or orEmpty', 'orEmpty'],
    ['$null | or x | jsonString', '"x"'],
  ])('%s evaluates to %j', (source, expected) => {
    expect(evaluate(source)).toStrictEqual(expected);
  });

  it.each([
    ['$bin.value', '"$bin.value" cannot be used here; expected one of $box, $list, $null'],
    ['$Box.value', '"$Box.value" cannot be used here; expected one of $box, $list, $null'],
    ['$constructor.name', '"$constructor.name" cannot be used here; expected one of $box, $list, $null'],
    ['$toString', '"$toString" cannot be used here; expected one of $box, $list, $null'],
    ['$hasOwnProperty.x', '"$hasOwnProperty.x" cannot be used here; expected one of $box, $list, $null'],
    ['$__proto__.x', '"$__proto__.x" is not an expression; expected $root.path'],
    ['$box.other', 'unknown expression "$box.other": $box has no "other"'],
    ['$box', 'unknown expression "$box": $box has no ""'],
    ['$box.', '"$box." is not an expression; expected $root.path'],
    ['$list.0', 'unknown expression "$list.0": $list has no "0"'],
    ['box.value', '"box.value" is not an expression; expected $root.path'],
    ['$', '"$" is not an expression; expected $root.path'],
    ['$5', '"$5" is not an expression; expected $root.path'],
    ['', '"" is not an expression; expected $root.path'],
    ['| orEmpty', '"" is not an expression; expected $root.path'],
  ])('%s is rejected', (source, message) => {
    expect(messageOf(source)).toBe(message);
  });

  it.each([
    'rot13',
    'OrEmpty',
    '',
    'constructor',
    'toString',
    '__proto__',
    'hasOwnProperty',
    'orEmpty orNull',
    'or',
    'ornate',
  ])('with the unknown codec "%s" is rejected with a list of codecs', (codec) => {
    const known = Object.keys(CODECS).join(', ');
    expect(messageOf(`$box.value | ${codec}`)).toBe(
      `unknown codec "${codec}"; expected one of ${known}, or TEXT`,
    );
  });
});

describe('the codec "or TEXT"', () => {
  it.each([undefined, null])('replaces %s', (value) => {
    expect(compileExpression('$box.value | or hidden', LANGUAGE)({ value })).toBe('hidden');
  });

  it.each(['', 0, false, [], {}])('keeps %j', (value) => {
    expect(evaluate('$box.value | or hidden', value)).toBe(value);
  });
});

describe('a pointer into a body', () => {
  const BODY = { prompt: 'a cat', options: { seconds: 5 }, 'a/b': 1 };

  it.each([
    ['body#/prompt', 'a cat'],
    ['body#/options/seconds', 5],
    ['body#/options', { seconds: 5 }],
    ['body#/a~1b', 1],
    ['body#/nothing', undefined],
    ['body#/options/nothing', undefined],
    ['body#/', BODY],
  ])('%s finds its value', (path, expected) => {
    expect(bodyPointer(path)?.(BODY)).toStrictEqual(expected);
  });

  it.each(['body', 'body#', 'body#prompt', 'body.prompt', 'header.prompt', 'query.prompt', ''])(
    '%s is not one',
    (path) => {
      expect(bodyPointer(path)).toBeNull();
    },
  );

  it('finds nothing in a body that is not an object', () => {
    const read = bodyPointer('body#/prompt');
    expect([null, undefined, 'prompt', 5, []].map((body) => read?.(body))).toStrictEqual(
      Array(5).fill(undefined),
    );
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'constructor/name',
    '__proto__/toString',
  ])('does not find the inherited %s', (name) => {
    expect(bodyPointer(`body#/${name}`)?.({})).toBeUndefined();
    expect(bodyPointer(`body#/inner/${name}`)?.({ inner: {} })).toBeUndefined();
  });

  it('finds own keys with the names of inherited properties', () => {
    const sent = JSON.parse('{"__proto__":{"a":1},"constructor":2}');
    expect(bodyPointer('body#/constructor')?.(sent)).toBe(2);
  });

  it.each([null, undefined, 5, 'text', true])('finds nothing inside %s', (value) => {
    expect(bodyPointer('body#/length')?.(value)).toBeUndefined();
  });
});
