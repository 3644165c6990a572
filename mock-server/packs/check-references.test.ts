import type { OpenAPIV3_1 } from 'openapi-types';
import { describe, expect, it } from 'vitest';
import { checkReferences } from './check-references.ts';

/** Returns the defects of a document with these schemas, with pointers relative to the schemas. */
function found(schemas: Record<string, unknown>): [pointer: string, message: string][] {
  const document = { openapi: '3.1.0', paths: {}, components: { schemas } };
  return checkReferences(document as unknown as OpenAPIV3_1.Document).map(({ pointer, message }) => [
    pointer.replace('/components/schemas', ''),
    message,
  ]);
}

describe('a rejected reference', () => {
  it.each([
    'other.yaml',
    'other.yaml#/A',
    './schemas/other.json',
    '../../../etc/passwd',
    '%2e%2e/%2e%2e/etc/passwd',
    '/etc/passwd',
    'file:///etc/passwd',
    'http://127.0.0.1:9/schema.json#/A',
    'https://example.test/schema.json',
    '//example.test/schema.json',
    '#',
    '#anchor',
    '',
    5,
    null,
    ['#/components/schemas/A'],
  ])('is to another file or address: %j', ($ref) => {
    const [[pointer, message] = []] = found({ A: { type: 'object', properties: { a: { $ref } } } });
    expect(pointer).toBe('/A/properties/a/$ref');
    expect(message).toContain(`$ref ${JSON.stringify($ref)} refers to another file or address`);
    expect(message).toContain('copy its target into this document');
  });

  it.each([
    ['without a target', { A: { $ref: '#/components/schemas/B' } }, 'does not exist in this document'],
    ['to itself', { A: { $ref: '#/components/schemas/A' } }, 'is circular'],
    [
      'to itself through another reference',
      { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } },
      'is circular: #/components/schemas/B → #/components/schemas/A → #/components/schemas/B',
    ],
    [
      'to a schema that is defined only by itself',
      { A: { allOf: [{ type: 'object' }, { $ref: '#/components/schemas/A' }] } },
      'defined only by itself',
    ],
  ])('is one %s', (_what, schemas, says) => {
    expect(found(schemas)[0]?.[1]).toContain(says);
  });

  it('is part of a long chain', () => {
    const names = Array.from({ length: 30 }, (_, index) => `S${index}`);
    const chain = Object.fromEntries(
      names.map((name, index) => [name, { $ref: `#/components/schemas/S${index + 1}` }]),
    );
    expect(found({ ...chain, S30: {} })[0]?.[1]).toContain('is circular');
  });
});

describe('a rejected pattern', () => {
  it.each(['(', '[a', 'a{2,1}', '*', '(?<n', '\\p{Nonsense}', '\\_'])(
    'is not a regular expression: %s',
    (pattern) => {
      const [[pointer, message] = []] = found({ A: { type: 'string', pattern } });
      expect(pointer).toBe('/A/pattern');
      expect(message).toContain(
        `${JSON.stringify(pattern)} is not a JavaScript regular expression with flag "u": `,
      );
    },
  );

  it('can be the name of a pattern property', () => {
    const schemas = { A: { patternProperties: { '^x-': {}, '(': {} } } };
    expect(found(schemas).map(([pointer]) => pointer)).toEqual(['/A/patternProperties/(']);
  });
});

describe('a rejected value in a schema', () => {
  it.each([
    ['type', 'text'],
    ['type', 5],
    ['required', 'prompt'],
    ['properties', []],
    ['enum', 'a'],
    ['minLength', -1],
    ['maximum', '5'],
    ['items', 'string'],
    ['allOf', []],
    ['additionalProperties', null],
  ])('is %s: %j', (keyword, value) => {
    const [[pointer, message] = []] = found({ A: { [keyword]: value } });
    expect(pointer).toBe(`/A/${keyword}`);
    expect(message).toMatch(/^expected .+, got /);
  });

  it('does not include values of the same key outside of schemas', () => {
    const document = {
      openapi: '3.1.0',
      paths: { '/a': { post: { requestBody: { required: true, content: {} } } } },
      components: { schemas: {}, securitySchemes: { key: { type: 'http' } } },
    };
    expect(checkReferences(document as unknown as OpenAPIV3_1.Document)).toEqual([]);
  });
});

describe('a document', () => {
  it('may have a recursive schema', () => {
    const tree = { properties: { children: { items: { $ref: '#/components/schemas/Tree' } } } };
    expect(found({ Tree: tree })).toEqual([]);
  });

  it('may refer to a percent-encoded name', () => {
    expect(found({ 'a b': {}, C: { $ref: '#/components/schemas/a%20b' } })).toEqual([]);
  });

  it('may have data and properties with the names of keywords', () => {
    const properties = { $ref: { type: 'string' }, pattern: { type: 'string' } };
    const data = { $ref: 'other.yaml', pattern: '(' };
    const schema = { properties, example: data, examples: [data], default: data, const: data, enum: [data] };
    expect(found({ A: { ...schema, 'x-own': data } })).toEqual([]);
  });

  it('is visited once, even if its schemas refer to each other many times', () => {
    const twice = (name: string) => ({ allOf: [{ $ref: name }, { $ref: name }] });
    const names = Array.from({ length: 200 }, (_, index) => `S${index}`);
    const schemas = Object.fromEntries(
      names.map((name, index) => [name, twice(`#/components/schemas/S${index + 1}`)]),
    );
    expect(found({ ...schemas, S200: {} })).toEqual([]);
  });
});
