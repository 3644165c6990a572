import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Json } from '../core/types.ts';
import { Defect } from './defect.ts';
import { bodyPointer, type Language } from './expressions.ts';
import { compileTemplate, compileText } from './template.ts';

interface Box {
  readonly value: unknown;
}

const LANGUAGE: Language<Box> = {
  settings: { zoneOffsetMs: 0 },
  roots: {
    box(path) {
      if (path === 'value') return ({ value }) => value;
      return path === 'nothing' ? () => undefined : null;
    },
    request(path) {
      const read = bodyPointer(path);
      return read === null ? null : ({ value }) => read(value);
    },
  },
};

function write(template: Json, value: unknown = 'v'): string {
  return compileTemplate(template, LANGUAGE)({ value });
}

function defectOf(template: Json): { readonly message: string; readonly pointer: string } {
  try {
    compileTemplate(template, LANGUAGE);
  } catch (error) {
    if (error instanceof Defect) return { message: error.message, pointer: error.pointer };
    throw error;
  }
  return { message: 'it compiles', pointer: '' };
}

describe('a template', () => {
  const table: readonly (readonly [string, Json, unknown, string])[] = [
    [
      'writes constants unchanged',
      { a: 1, b: 'two', c: null, d: true, e: 1.5 },
      'v',
      '{"a":1,"b":"two","c":null,"d":true,"e":1.5}',
    ],
    ['evaluates expressions', { id: '$box.value' }, 'abc', '{"id":"abc"}'],
    ['keeps the type of inserted values', ['$box.value'], 5, '[5]'],
    [
      'writes whole objects',
      { data: '$box.value' },
      { x: [1, { y: null }] },
      '{"data":{"x":[1,{"y":null}]}}',
    ],
    ['keeps null', { a: '$box.value' }, null, '{"a":null}'],
    ['writes null for $null', { a: '$null' }, 'v', '{"a":null}'],
    ['omits the key of a missing value', { a: 1, b: '$box.nothing', c: 3 }, 'v', '{"a":1,"c":3}'],
    ['omits a missing first key without a comma', { a: '$box.nothing', b: 2 }, 'v', '{"b":2}'],
    ['omits a missing last key without a comma', { a: 1, b: '$box.nothing' }, 'v', '{"a":1}'],
    ['keeps an object whose keys are all missing', { a: { b: '$box.nothing' } }, 'v', '{"a":{}}'],
    ['omits missing items of a list', [1, '$box.nothing', 3], 'v', '[1,3]'],
    [
      'writes lists in lists',
      [[], [['$box.value']], [{ a: ['$box.value'] }]],
      'v',
      '[[],[["v"]],[{"a":["v"]}]]',
    ],
    ['is null when its only value is missing', '$box.nothing', 'v', 'null'],
    ['applies codecs to missing values', { a: '$box.nothing | orEmpty' }, 'v', '{"a":""}'],
    ['applies codecs in order', { a: '$box.value | flag | jsonString' }, true, '{"a":"1"}'],
    [
      'writes JSON into a string',
      { a: '$box.value | jsonString' },
      { q: '"' },
      '{"a":"{\\"q\\":\\"\\\\\\"\\"}"}',
    ],
    [
      'writes $$ as a dollar sign',
      { a: '$$box.value', b: '$$', c: '$$5' },
      'v',
      '{"a":"$box.value","b":"$","c":"$5"}',
    ],
    [
      'keeps a dollar sign inside a text',
      { a: 'US$ 5', b: 'a $box.value' },
      'v',
      '{"a":"US$ 5","b":"a $box.value"}',
    ],
    [
      'evaluates expressions inside texts',
      { a: '<{$box.value}> and {$box.value}' },
      'v',
      '{"a":"<v> and v"}',
    ],
    ['evaluates expressions in a text that begins with a brace', '{$box.value}{$box.value}', 'v', '"vv"'],
    ['inserts nothing for a missing value', 'a{$box.nothing}b', 'v', '"ab"'],
    ['inserts numbers as text', 'n={$box.value}', 5, '"n=5"'],
    ['applies codecs inside a text', '{$box.value | percent} done', 0.5, '"50% done"'],
    ['keeps the order of its keys', { z: 1, a: 2, m: '$box.value' }, 'v', '{"z":1,"a":2,"m":"v"}'],
    ['escapes its own keys', { 'a"b\n': 1 }, 'v', '{"a\\"b\\n":1}'],
    [
      'does not insert values into keys',
      { 'a $box.value': 1, '{$box.value}': 2 },
      'v',
      '{"a $box.value":1,"{$box.value}":2}',
    ],
    ['writes $$ in a key as a dollar sign', { $$jsonString: 1 }, 'v', '{"$jsonString":1}'],
    [
      'applies a codec to a whole object',
      { a: { $jsonString: { q: '$box.value' } } },
      'v',
      '{"a":"{\\"q\\":\\"v\\"}"}',
    ],
    [
      'omits missing values before it applies the codec',
      { $jsonString: [1, { q: '$box.nothing' }] },
      'v',
      '"[1,{}]"',
    ],
    ['omits the key of a codec of a missing value', { a: { $jsonString: '$box.nothing' } }, 'v', '{}'],
    [
      'applies codecs inside codecs',
      { $jsonString: { a: { $jsonString: [] } } },
      'v',
      '"{\\"a\\":\\"[]\\"}"',
    ],
    ['reads the request', { prompt: '$request.body#/prompt' }, { prompt: 'a cat' }, '{"prompt":"a cat"}'],
  ];

  it.each(table)('%s', (_, template, value, expected) => {
    expect(write(template, value)).toBe(expected);
  });

  it.each([
    ['quotes and backslashes', '","evil":"\\'],
    ['line ends', 'a\r\n\u2028\u2029b'],
    ['control characters', '\0\u0007\u001b[31m'],
    ['a lone surrogate', 'a\ud83d'],
    ['text that looks like an expression', '$box.value {$box.value} $$'],
    ['markup', '</script><img src=x onerror=alert(1)>'],
  ])('escapes %s, alone and inside a text', (_, hostile) => {
    expect(JSON.parse(write({ a: '$box.value', b: 'x{$box.value}y' }, hostile))).toStrictEqual({
      a: hostile,
      b: `x${hostile}y`,
    });
  });

  it('inserts values from clients without calling their methods', () => {
    const sent = JSON.parse('{"toString":"not a function","valueOf":5}');
    expect(() => write('prompt: {$box.value}', sent)).not.toThrow();
  });

  it('treats __proto__ in values from clients as an ordinary key', () => {
    const sent = JSON.parse('{"__proto__":{"admin":true}}');
    expect(write({ echo: '$box.value' }, sent)).toBe('{"echo":{"__proto__":{"admin":true}}}');
  });

  it('reports the pointer of a defect', () => {
    expect(defectOf({ a: [{ 'b/c': '$box.other' }] })).toStrictEqual({
      message: 'unknown expression "$box.other": $box has no "other"',
      pointer: '/a/0/b~1c',
    });
    expect(defectOf({ text: ['ok', 'x {$bin.value} y'] }).pointer).toBe('/text/1');
    expect(defectOf({ a: { $jsonString: { b: '$box.other' } } }).pointer).toBe('/a/$jsonString/b');
  });

  it.each<readonly [Json, string]>([
    [{ a: { $jsonSting: {} } }, 'unknown codec "jsonSting"; expected one of '],
    [{ a: { '$box.value': 1 } }, 'unknown codec "box.value"; expected one of '],
    [{ a: { $constructor: 1 } }, 'unknown codec "constructor"; expected one of '],
    [{ a: { $jsonString: {}, b: 1 } }, '"$jsonString" must be the only key in its object'],
    [{ a: { b: 1, $jsonString: {} } }, '"$jsonString" must be the only key in its object'],
  ])('rejects %j', (template, message) => {
    expect(defectOf(template).message).toContain(message);
  });

  it.each(['{$box.valuex', '{$box.value', 'a {$box.valuex'])(
    'does not evaluate a part of %s, which has an unclosed brace',
    (text) => {
      const { message } = defectOf(text);
      const shown = message === 'it compiles' ? write(text) : message;
      expect(shown).toContain(text.slice(text.indexOf('$')));
    },
  );
});

/** A part of a template with a function that returns its expected value; undefined is a missing value. */
type Part = readonly [template: Json, becomes: (value: unknown) => unknown];

const plainText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('$', '%'));
const leaf: fc.Arbitrary<Part> = fc.oneof(
  plainText.map((text): Part => [text, () => text]),
  fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)).map((constant): Part => [constant, () => constant]),
  plainText.map((text): Part => [`$$${text}`, () => `$${text}`]),
  fc.constantFrom<Part[]>(
    ['$box.value', (value) => value],
    ['$box.nothing', () => undefined],
    ['$box.nothing | orZero', () => 0],
    ['$box.value | orNull', (value) => value ?? null],
    ['$box.value | jsonString', (value) => (value === undefined ? undefined : JSON.stringify(value))],
    ['$null', () => null],
  ),
  fc
    .tuple(plainText, plainText)
    .map(
      ([before, after]): Part => [
        `%${before}{$box.value | jsonString}${after}`,
        (value) => `%${before}${value === undefined ? '' : JSON.stringify(value)}${after}`,
      ],
    ),
);

const someKey = fc.string().map((key) => key.replace(/^\$+/, '%'));

const { part } = fc.letrec<{ part: Part }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .array(tie('part'), { maxLength: 4 })
      .map(
        (parts): Part => [
          parts.map(([template]) => template),
          (value) => parts.map(([, becomes]) => becomes(value)).filter((item) => item !== undefined),
        ],
      ),
    fc
      .uniqueArray(fc.tuple(someKey, tie('part')), { maxLength: 4, selector: ([key]) => key })
      .map(
        (entries): Part => [
          Object.fromEntries(entries.map(([key, [template]]) => [key, template])),
          (value) => Object.fromEntries(entries.map(([key, [, becomes]]) => [key, becomes(value)])),
        ],
      ),
  ),
}));

describe('any template', () => {
  it('writes valid JSON for any values', () => {
    const anything = fc.option(fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })), { nil: undefined });
    fc.assert(
      fc.property(part, anything, ([template, becomes], value) => {
        const written = compileTemplate(template, LANGUAGE)({ value });
        const expected = JSON.stringify(becomes(value)) ?? 'null';
        expect(JSON.stringify(JSON.parse(written))).toBe(JSON.stringify(JSON.parse(expected)));
      }),
      { numRuns: 500 },
    );
  });

  it('writes the same bytes for the same values', () => {
    fc.assert(
      fc.property(part, fc.jsonValue(), ([template], value) => {
        const compiled = compileTemplate(template, LANGUAGE);
        expect(compiled({ value })).toBe(compiled({ value }));
      }),
    );
  });
});

describe('a text', () => {
  it('that begins with a dollar sign is an expression and keeps its type', () => {
    expect(compileText('$box.value', LANGUAGE)({ value: 5 })).toBe(5);
  });

  it('that contains expressions in braces is a string', () => {
    expect(compileText('v1,{$box.value}', LANGUAGE)({ value: 'abc' })).toBe('v1,abc');
    expect(compileText('plain', LANGUAGE)({ value: 'abc' })).toBe('plain');
  });
});
