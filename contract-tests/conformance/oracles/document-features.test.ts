import { describe, expect, test } from 'vitest';
import { createAjvOracle } from './ajv-oracle.ts';
import { createHyperjumpOracle } from './hyperjump-oracle.ts';
import type { CallbackMessage, Exchange, OpenApiDocument } from './oracle.ts';
import { ORACLES_UNDER_TEST } from './oracles-under-test.ts';
import { createPrismOracle } from './prism-oracle.ts';

/**
 * Features that the Runway document does not use: templates, ranges, `default`, frequent references, shared schemas.
 */
const FILMS: OpenApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Films', version: '1' },
  security: [{ key: [] }],
  paths: {
    '/films/{filmId}': {
      parameters: [{ $ref: '#/components/parameters/FilmId' }],
      get: {
        operationId: 'get-film',
        parameters: [
          { name: 'page', in: 'query', deprecated: true, schema: { type: 'integer', minimum: 1 } },
          {
            name: 'tag',
            in: 'query',
            schema: { type: 'array', items: { type: 'string', enum: ['old', 'new'] } },
          },
          { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string', pattern: '^[a-f]+$' } },
        ],
        responses: {
          200: { $ref: '#/components/responses/Film' },
          '4XX': { description: 'Refused.', content: { 'text/*': { schema: { type: 'string' } } } },
          default: {
            description: 'Any other.',
            content: { 'application/json': { schema: { type: 'array' } } },
          },
        },
      },
    },
    '/films/latest': {
      get: { operationId: 'latest', security: [], responses: { 204: { description: 'None yet.' } } },
    },
    '/films': {
      post: {
        operationId: 'add-film',
        requestBody: { $ref: '#/components/requestBodies/Film' },
        responses: { 201: { $ref: '#/components/responses/Film' } },
        callbacks: { added: { $ref: '#/components/callbacks/Added' } },
      },
    },
  },
  components: {
    securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    parameters: { FilmId: { name: 'filmId', in: 'path', required: true, schema: { type: 'integer' } } },
    requestBodies: { Film: { required: true, content: film() } },
    responses: { Film: { description: 'The film.', content: film() } },
    callbacks: {
      Added: {
        '{$request.body#/url}': {
          post: { requestBody: { content: film() }, responses: { 204: { description: 'Received.' } } },
        },
      },
    },
    schemas: {
      Film: {
        allOf: [
          { $ref: '#/components/schemas/Named' },
          {
            type: 'object',
            properties: {
              sequel: { oneOf: [{ $ref: '#/components/schemas/Credited' }, { type: 'null' }] },
              notes: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
            },
          },
        ],
      },
      Credited: {
        type: 'object',
        properties: { cast: { type: 'array', items: { $ref: '#/components/schemas/Named' } } },
      },
      Named: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string', 'x-page': 'names' } },
      },
    },
  },
};

function film(): object {
  return { 'application/json': { schema: { $ref: '#/components/schemas/Film' } } };
}

function withNamed(change: object): OpenApiDocument {
  const { components, ...document } = structuredClone(FILMS);
  const { schemas, ...others } = components as { schemas: { Named: object } };
  const Named = { ...schemas.Named, ...change };
  return { ...document, components: { ...others, schemas: { ...schemas, Named } } };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function reading(change: Partial<Exchange> = {}): Exchange {
  return {
    method: 'get',
    path: '/films/7',
    requestHeaders: { 'x-key': 'k', 'x-trace': 'abc' },
    status: 200,
    responseHeaders: JSON_TYPE,
    responseBody: { name: 'Nosferatu' },
    ...change,
  };
}

function adding(requestBody: unknown): Exchange {
  const requestHeaders = { ...JSON_TYPE, 'X-Key': 'k' };
  return reading({ method: 'POST', path: '/films', requestHeaders, requestBody, status: 201 });
}

function added(body: unknown): CallbackMessage {
  return { operationId: 'add-film', callback: 'added', method: 'POST', headers: JSON_TYPE, body };
}

describe.each(ORACLES_UNDER_TEST)('$name on any OpenAPI document', ({ create }) => {
  const open = create(FILMS);
  const closed = create(FILMS, { closed: true });
  const unlisted = { name: 'Nosferatu', year: 1922 };

  test.each([
    ['a path with a parameter', reading()],
    ['query values as numbers and lists', reading({ path: '/films/7?page=2&tag=old&tag=new' })],
    ['an operation without security', reading({ path: '/films/latest', requestHeaders: {} })],
    ['a body with an unlisted key, whose schema answers share', adding(unlisted)],
    ['an unlisted key deep inside such a body', adding({ name: 'A', sequel: { cast: [unlisted] } })],
  ])('passes a request: %s', async (_, exchange) => {
    expect(await open.judgeRequest(exchange)).toEqual([]);
    expect(await closed.judgeRequest(exchange)).toEqual([]);
  });

  test.each([
    ['a path value of another type', reading({ path: '/films/seven' })],
    ['a query value of another type', reading({ path: '/films/7?page=two' })],
    ['a query value out of range', reading({ path: '/films/7?page=0' })],
    ['an array with an invalid item', reading({ path: '/films/7?tag=old&tag=late' })],
    ['a missing header', reading({ requestHeaders: { 'x-key': 'k' } })],
    ['a header with an invalid format', reading({ requestHeaders: { 'x-key': 'k', 'x-trace': 'xyz' } })],
    ['a body that violates a referenced schema', adding({ sequel: null })],
    ['a body that violates a nested schema', adding({ name: 'A', sequel: { cast: [{}] } })],
  ])('rejects a request: %s', async (_, exchange) => {
    expect(await open.judgeRequest(exchange)).not.toEqual([]);
    expect(await closed.judgeRequest(exchange)).not.toEqual([]);
  });

  test.each([
    ['a listed status', reading()],
    [
      'a status of a listed range',
      reading({ status: 418, responseHeaders: { 'content-type': 'text/plain' }, responseBody: 'No.' }),
    ],
    ['any other status', reading({ status: 503, responseBody: [] })],
    ['the exact path before the template', reading({ path: '/films/latest', status: 204 })],
    ['null for an object', reading({ responseBody: { name: 'A', sequel: null, notes: null } })],
    ['keys of an object that lists none', reading({ responseBody: { name: 'A', notes: { any: 'key' } } })],
  ])('passes an answer: %s', async (_, exchange) => {
    expect(await open.judgeResponse(exchange)).toEqual([]);
    expect(await closed.judgeResponse(exchange)).toEqual([]);
  });

  test.each([
    ['the default body for a listed status', reading({ responseBody: [] })],
    ['the listed body for any other status', reading({ status: 503 })],
    ['a content type outside a listed range', reading({ status: 418, responseBody: 'No.' })],
    ['a status that the exact path does not list', reading({ path: '/films/latest' })],
  ])('rejects an answer: %s', async (_, exchange) => {
    expect(await open.judgeResponse(exchange)).not.toEqual([]);
  });

  test.each([
    ['at the top level', unlisted],
    ['in an alternative', { name: 'A', sequel: { name: 'B' } }],
    ['in a list', { name: 'A', sequel: { cast: [unlisted] } }],
  ])('rejects an unlisted key %s of an answer or callback only when closed', async (_, body) => {
    expect(await open.judgeResponse(reading({ responseBody: body }))).toEqual([]);
    expect(await open.judgeCallback(added(body))).toEqual([]);
    expect(await closed.judgeResponse(reading({ responseBody: body }))).not.toEqual([]);
    expect(await closed.judgeCallback(added(body))).not.toEqual([]);
  });

  test("does not require the API's credentials of a callback", async () => {
    expect(await open.judgeCallback(added({ name: 'Nosferatu' }))).toEqual([]);
  });

  test('does not change the document', async () => {
    const before = structuredClone(FILMS);
    await create(FILMS, { closed: true }).judgeResponse(reading());
    expect(FILMS).toEqual(before);
  });

  test('keeps two documents with the same names apart', async () => {
    const oracle = create(withNamed({ required: ['title'] }));
    expect(await oracle.judgeResponse(reading())).not.toEqual([]);
    expect(await open.judgeResponse(reading())).toEqual([]);
  });

  test('throws at an unusable schema instead of passing everything', async () => {
    const oracle = create(withNamed({ properties: { name: { type: 'string', pattern: '(' } } }));
    await expect(oracle.judgeResponse(reading())).rejects.toThrow();
    await expect(oracle.judgeResponse(reading({ responseBody: [] }))).rejects.toThrow();
  });
});

describe('an invalid document', () => {
  test('is rejected by ajv for an unknown keyword', async () => {
    const judgment = createAjvOracle(withNamed({ require: ['name'] })).judgeResponse(reading());
    await expect(judgment).rejects.toThrow('unknown keyword: "require"');
  });

  test('is rejected by hyperjump for any violation of OpenAPI, every time', async () => {
    const oracle = createHyperjumpOracle({ ...FILMS, pathes: {} });
    const refusal = 'The document is not valid OpenAPI 3.1: /pathes';
    await expect(oracle.judgeResponse(reading())).rejects.toThrow(refusal);
    await expect(oracle.judgeCallback(added({ name: 'A' }))).rejects.toThrow(refusal);
  });
});

describe('a recursive schema', () => {
  const Film = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, sequel: { $ref: '#/components/schemas/Film' } },
  };
  const components = { ...(FILMS.components as object), schemas: { Film } };
  const document = { ...FILMS, components };
  const trilogy = (third: object): Exchange =>
    reading({ responseBody: { name: 'A', sequel: { name: 'B', sequel: third } } });

  test.each(ORACLES_UNDER_TEST)('is judged by $name', async ({ create }) => {
    const oracle = create(document);
    expect(await oracle.judgeResponse(trilogy({}))).not.toEqual([]);
    expect(await oracle.judgeResponse(trilogy({ name: 'C', year: 1922 }))).toEqual([]);
  });

  test.each(ORACLES_UNDER_TEST.filter(({ name }) => name !== 'prism'))(
    'is judged by $name when closed',
    async ({ create }) => {
      const oracle = create(document, { closed: true });
      expect(await oracle.judgeResponse(trilogy({ name: 'C' }))).toEqual([]);
      expect(await oracle.judgeResponse(trilogy({ name: 'C', year: 1922 }))).not.toEqual([]);
    },
  );

  test('cannot be closed for prism, whose loader breaks a reference to itself that has siblings', async () => {
    const judgment = createPrismOracle(document, { closed: true }).judgeResponse(trilogy({}));
    await expect(judgment).rejects.toThrow('Prism would accept every body of get /films/{filmId}');
  });
});
