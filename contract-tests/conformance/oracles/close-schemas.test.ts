import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { closeSchemas } from './close-schemas.ts';
import type { OpenApiDocument } from './oracle.ts';

function documentOf(schema: unknown, schemas: object = {}): OpenApiDocument {
  const content = { 'application/json': { schema } };
  const post = { requestBody: { content }, responses: { 200: { description: 'Done.', content } } };
  return { openapi: '3.1.0', paths: { '/films': { post } }, components: { schemas } };
}

function closedAnswer(schema: unknown, schemas: object = {}): unknown {
  const paths = closeSchemas(documentOf(schema, schemas)).paths;
  return (paths as AnswerPaths)['/films'].post.responses[200].content['application/json'].schema;
}

interface AnswerPaths {
  '/films': { post: { responses: { 200: { content: { 'application/json': { schema: unknown } } } } } };
}

const ANY = {};

describe('closeSchemas', () => {
  test('closes an object and its nested objects', () => {
    const inner = { type: 'object', properties: { name: ANY } };
    expect(closedAnswer({ type: 'object', properties: { film: inner, all: { items: inner } } })).toEqual({
      type: 'object',
      unevaluatedProperties: false,
      properties: {
        film: { ...inner, unevaluatedProperties: false },
        all: { items: { ...inner, unevaluatedProperties: false } },
      },
    });
  });

  test('leaves an object open that lists no keys', () => {
    const schema = { type: 'object', additionalProperties: { type: 'string' } };
    expect(closedAnswer(schema)).toEqual(schema);
  });

  test('closes outside a composition, beneath its branches, and never in a condition', () => {
    const schema = parse(`
      oneOf:
        - { type: object, properties: { data: { type: object, properties: { id: {} } } } }
        - { type: object, properties: { error: { type: object, properties: { id: {} } } } }
      allOf:
        - if: { properties: { data: { properties: { id: { const: 1 } } } } }
          then: { properties: { error: false } }
          else: { properties: { error: { properties: { id: { const: 2 } } } } }
      not: { properties: { data: { properties: { id: { const: 3 } } } } }
    `);
    const closedObject = { type: 'object', properties: { id: ANY }, unevaluatedProperties: false };
    expect(closedAnswer(schema)).toEqual({
      ...schema,
      type: ['object'],
      unevaluatedProperties: false,
      oneOf: [
        { type: 'object', properties: { data: closedObject } },
        { type: 'object', properties: { error: closedObject } },
      ],
    });
  });

  test('copies referenced schemas, because requests refer to them as well', () => {
    const Film = { type: 'object', properties: { sequel: { $ref: '#/components/schemas/Film' } } };
    const document = documentOf({ $ref: '#/components/schemas/Film' }, { Film });
    const closedFilm = {
      $ref: '#/components/schemas/Film.closed',
      type: ['object'],
      unevaluatedProperties: false,
    };
    const schemas = { Film, 'Film.closed': { type: 'object', properties: { sequel: closedFilm } } };
    const closed = closeSchemas(document);
    expect(closed).toMatchObject({ components: { schemas } });
    expect(closed).toMatchObject({
      paths: {
        '/films': {
          post: {
            requestBody: {
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Film' } } },
            },
          },
        },
      },
    });
  });

  test('does not change the given document', () => {
    const document = documentOf({ type: 'object', properties: { name: ANY } });
    const before = structuredClone(document);
    closeSchemas(document);
    expect(document).toEqual(before);
  });

  test('rejects an object whose keys are listed in two places that apply together', () => {
    const schema = {
      allOf: [
        { properties: { data: { properties: { a: ANY } } } },
        { properties: { data: { properties: { b: ANY } } } },
      ],
    };
    expect(() => closedAnswer(schema)).toThrow('cannot close "data": "b" is listed in another place');
  });

  test('accepts an object whose keys are listed in two branches that never apply together', () => {
    const schema = {
      oneOf: [
        { properties: { data: { properties: { a: ANY } } } },
        { properties: { data: { properties: { b: ANY } } } },
      ],
    };
    expect(() => closedAnswer(schema)).not.toThrow();
  });

  test('rejects a reference outside the schemas', () => {
    expect(() => closedAnswer({ $ref: '#/paths/~1films' })).toThrow('#/components/schemas only');
  });
});
