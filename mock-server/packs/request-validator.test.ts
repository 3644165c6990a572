import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { describe, expect, it } from 'vitest';
import { loadPack } from './load-pack.ts';
import type { Operation, Pack } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { createRequestValidator } from './request-validator.ts';

const RUNWAY = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
const validate = createRequestValidator(RUNWAY);

interface Sent {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function operationOf({ operations }: Pick<Pack, 'operations'>, id: string): Operation {
  const found = operations.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`operation "${id}" does not exist`);
  return found;
}

/** Returns the message for an invalid request; null for a valid one. */
function messageFor(id: string, { query = {}, body }: Sent): string | null {
  return (
    validate(operationOf(RUNWAY, id), {
      query: (name) => query[name],
      header: () => undefined,
      pathParams: {},
      body,
    })?.message ?? null
  );
}

const generated = (body: unknown): string | null => messageFor('generate-ai-video', { body });
const extended = (body: unknown): string | null => messageFor('extend-ai-video', { body });
const looked = (query: Readonly<Record<string, string>>): string | null =>
  messageFor('get-ai-video-details', { query });

const TEXT = { prompt: 'a cat', duration: 5, quality: '720p', aspectRatio: '16:9' };
const EXTEND = { taskId: 'ee603959-debb-48d1-98c4-a6d1c717eba6', prompt: 'it jumps', quality: '1080p' };

function without<Body extends object>(body: Body, key: keyof Body): Partial<Body> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key)) as Partial<Body>;
}

const IMAGE = { ...without(TEXT, 'aspectRatio'), imageUrl: 'https://media.example/cat.png' };
const CAT_1800 = '🐈'.repeat(1800);

type Row = readonly [sentence: string, body: unknown];

describe('a request with several violations', () => {
  it('is rejected with a sentence for each', () => {
    const wrong = { ...TEXT, prompt: 5, duration: 7, quality: '9p' };
    const message = generated(wrong) ?? '';
    expect(message.split('; ').sort()).toEqual([
      'duration must be one of 5, 10, got 7',
      'prompt must be a string, got 5',
      'quality must be one of 720p, 1080p, got the string "9p"',
    ]);
  });

  it('is rejected with at most five sentences', () => {
    const { document } = RUNWAY;
    const path = '/many';
    const properties = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`f${n}`, { type: 'string' }]),
    );
    const schema = { type: 'object', required: Object.keys(properties), properties };
    const operation = { operationId: 'many', requestBody: { content: { 'application/json': { schema } } } };
    const many = { ...document, paths: { [path]: { post: operation } } } as unknown as OpenAPIV3_1.Document;
    const check = createRequestValidator({ document: many });
    const absent = (): undefined => undefined;
    const message = check({ id: 'many' } as Operation, {
      query: absent,
      header: absent,
      pathParams: {},
      body: {},
    })?.message;
    expect(message).toMatch(/^f0 is required; (f\d+ is required; ){4}and more$/);
  });
});

describe('a generation is rejected with one sentence that names the field', () => {
  const rows: readonly Row[] = [
    ['the body must be a JSON object', undefined],
    ['the body must be a JSON object', null],
    ['the body must be a JSON object', []],
    ['the body must be a JSON object', 'prompt'],
    ['the body must be a JSON object', 5],
    ['prompt is required', without(TEXT, 'prompt')],
    ['prompt must be a string, got 5', { ...TEXT, prompt: 5 }],
    ['prompt must be a string, got null', { ...TEXT, prompt: null }],
    ['prompt must be a string, got an array ["a cat"]', { ...TEXT, prompt: ['a cat'] }],
    ['prompt must be a string, got an object {"text":"a cat"}', { ...TEXT, prompt: { text: 'a cat' } }],
    ['prompt must have at most 1800 characters, got 1801', { ...TEXT, prompt: 'x'.repeat(1801) }],
    ['prompt must have at most 1800 characters, got 1801', { ...TEXT, prompt: `${CAT_1800}!` }],
    ['duration is required', without(TEXT, 'duration')],
    ['duration must be a number, got the string "5"', { ...TEXT, duration: '5' }],
    ['duration must be one of 5, 10, got 7', { ...TEXT, duration: 7 }],
    ['duration must be a number, got true', { ...TEXT, duration: true }],
    ['quality is required', without(TEXT, 'quality')],
    ['quality must be one of 720p, 1080p, got the string "4k"', { ...TEXT, quality: '4k' }],
    ['quality must be a string, got 720', { ...TEXT, quality: 720 }],
    ['quality must be 720p when duration is 10', { ...TEXT, duration: 10, quality: '1080p' }],
    ['aspectRatio is required when imageUrl is not given', without(TEXT, 'aspectRatio')],
    [
      'aspectRatio must be one of 16:9, 4:3, 1:1, 3:4, 9:16, got the string "2:1"',
      { ...TEXT, aspectRatio: '2:1' },
    ],
    ['imageUrl must be a valid uri, got the string "cat.png"', { ...IMAGE, imageUrl: 'cat.png' }],
    ['imageUrl must be a valid uri, got the string ""', { ...IMAGE, imageUrl: '' }],
    ['waterMark must be a string, got false', { ...TEXT, waterMark: false }],
    ['callBackUrl must be a valid uri, got the string "/callback"', { ...TEXT, callBackUrl: '/callback' }],
    ['callBackUrl must be a valid uri, got the string ""', { ...TEXT, callBackUrl: '' }],
    ['callBackUrl must be a string, got null', { ...TEXT, callBackUrl: null }],
  ];

  it.each(rows)('%s', (sentence, body) => {
    expect(generated(body)).toBe(sentence);
  });
});

describe('an extension is rejected with one sentence that names the field', () => {
  const rows: readonly Row[] = [
    ['the body must be a JSON object', []],
    ['taskId is required', without(EXTEND, 'taskId')],
    ['taskId must not be empty', { ...EXTEND, taskId: '' }],
    ['taskId must be a string, got 5', { ...EXTEND, taskId: 5 }],
    ['prompt is required', without(EXTEND, 'prompt')],
    ['prompt must have at most 1800 characters, got 1801', { ...EXTEND, prompt: 'x'.repeat(1801) }],
    ['quality is required', without(EXTEND, 'quality')],
    ['quality must be one of 720p, 1080p, got the string "1080"', { ...EXTEND, quality: '1080' }],
    ['waterMark must be a string, got 1', { ...EXTEND, waterMark: 1 }],
    ['callBackUrl must be a valid uri, got the string "localhost"', { ...EXTEND, callBackUrl: 'localhost' }],
  ];

  it.each(rows)('%s', (sentence, body) => {
    expect(extended(body)).toBe(sentence);
  });
});

describe('a poll is rejected with one sentence that names the parameter', () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ['taskId is required in the query', {}],
    ['taskId is required in the query', { taskid: 'x', task_id: 'x' }],
    ['taskId must not be empty', { taskId: '' }],
  ])('%s', (sentence, query) => {
    expect(looked(query)).toBe(sentence);
  });
});

describe('a valid request', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['is accepted: from a text', generated(TEXT)],
    ['is accepted: from an image without an aspect ratio', generated(IMAGE)],
    [
      'is accepted: from an image with an aspect ratio, which is ignored',
      generated({ ...IMAGE, aspectRatio: '1:1' }),
    ],
    ['is accepted: ten seconds in 720p', generated({ ...TEXT, duration: 10 })],
    ['is accepted: five seconds in 1080p', generated({ ...TEXT, quality: '1080p' })],
    ['is accepted: 1800 characters that are two code units each', generated({ ...TEXT, prompt: CAT_1800 })],
    ['is accepted: without a watermark', generated({ ...TEXT, waterMark: '' })],
    ['is accepted: with a callback URL', generated({ ...TEXT, callBackUrl: 'http://127.0.0.1:3000/cb?a=1' })],
    ['is accepted: with an unknown field', generated({ ...TEXT, callbackUrl: 5, model: 'x' })],
    ['is accepted: an extension', extended(EXTEND)],
    ['is accepted: a poll', looked({ taskId: 'x', other: 'y' })],
  ];

  it.each(rows)('%s', (_, refusal) => {
    expect(refusal).toBeNull();
  });
});

describe('the message for an invalid request', () => {
  it('shows only the start of a long value', () => {
    const sentence = generated({ ...TEXT, quality: 'x'.repeat(5000) }) ?? '';
    expect(sentence).toBe(`quality must be one of 720p, 1080p, got the string "${'x'.repeat(56)}…`);
  });

  it('is a single line', () => {
    const sentence = generated({ ...TEXT, quality: 'a\nb\r\u0000' }) ?? '';
    expect(sentence).toBe('quality must be one of 720p, 1080p, got the string "a\\nb\\r\\u0000"');
  });

  it('does not read fields from a key __proto__', () => {
    const sent = JSON.parse(`{"__proto__":${JSON.stringify(TEXT)}}`);
    expect(generated(sent)).toBe('prompt is required; duration is required; quality is required');
    expect(extended(JSON.parse(`{"__proto__":${JSON.stringify(EXTEND)}}`))).toBe(
      'taskId is required; prompt is required; quality is required',
    );
  });
});

const NESTED: OpenAPIV3_1.Document = {
  openapi: '3.1.0',
  info: { title: 'nested', version: '1' },
  paths: {
    '/things/{id}': {
      post: {
        operationId: 'make-thing',
        parameters: [
          { $ref: '#/components/parameters/Page' },
          { name: 'X-Header', in: 'header', required: true, schema: { enum: ['2024', '2025'] } },
        ],
        requestBody: { $ref: '#/components/requestBodies/Thing' },
        responses: {},
      },
    },
  },
  components: {
    parameters: { Page: { name: 'page', in: 'query', schema: { type: 'string', pattern: '^\\d+$' } } },
    requestBodies: {
      Thing: {
        required: true,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
      },
    },
    schemas: {
      Thing: {
        type: 'object',
        required: ['options'],
        properties: {
          options: {
            type: 'object',
            additionalProperties: false,
            required: ['seconds'],
            properties: {
              seconds: { type: 'integer', minimum: 1 },
              tags: { type: 'array', items: { type: 'string' } },
            },
          },
          size: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
        },
      },
    },
  },
};

describe('a document with references', () => {
  const check = createRequestValidator({ document: NESTED });
  const operation = { ...operationOf(RUNWAY, 'generate-ai-video'), id: 'make-thing' };
  const refusal = (body: unknown, page?: string, version: string | undefined = '2024'): string | null =>
    check(operation, {
      query: (name) => (name === 'page' ? page : undefined),
      header: (name) => (name === 'X-Header' ? version : undefined),
      pathParams: { id: '1' },
      body,
    })?.message ?? null;

  it.each<Row>([
    ['options.seconds is required', { options: {} }],
    ['options.seconds must be >= 1, got 0', { options: { seconds: 0 } }],
    ['options.tags.1 must be a string, got 5', { options: { seconds: 1, tags: ['a', 5] } }],
  ])('is applied to nested values: %s', (sentence, body) => {
    expect(refusal(body)).toBe(sentence);
  });

  it('names a field that is not allowed', () => {
    expect(refusal({ options: { seconds: 1, extra: true } })).toMatch(/^options\.extra /);
  });

  it('names the violation inside a choice, not the choice', () => {
    expect(refusal({ options: { seconds: 1 }, size: true })).toBe('size must be a string, got true');
  });

  it('validates query parameters, and optional ones only when they are present', () => {
    const good = { options: { seconds: 1 } };
    expect(refusal(good)).toBeNull();
    expect(refusal(good, '12')).toBeNull();
    expect(refusal(good, 'twelve')).toMatch(/^page must match pattern .*, got the string "twelve"$/);
  });

  it('validates headers', () => {
    expect(refusal({ options: { seconds: 1 } }, '1', '1999')).toBe(
      'X-Header must be one of 2024, 2025, got the string "1999"',
    );
    const without = { query: () => undefined, header: () => undefined, pathParams: {}, body: {} };
    expect(check(operation, without)?.message).toBe('X-Header is required as a header; options is required');
  });

  it('accepts operations that it does not contain', () => {
    expect(
      check(
        { ...operation, id: 'unknown' },
        { query: () => undefined, header: () => undefined, pathParams: {}, body: 5 },
      ),
    ).toBeNull();
  });
});

describe('a request whose fields depend on the model', () => {
  const MODELS = loadPack(join(PACKAGE_ROOT, 'spec/runwayml'));
  const validateModel = createRequestValidator(MODELS);
  const image = 'https://example.com/cat.png';
  const request = { model: 'gen4_turbo', promptImage: image, ratio: '1280:720' };
  const refusal = (change: object): string | null =>
    validateModel(operationOf(MODELS, 'image-to-video'), {
      query: () => undefined,
      header: () => '2024-11-06',
      pathParams: {},
      body: { ...request, ...change },
    })?.message ?? null;

  it.each<readonly [string | null, object]>([
    [null, {}],
    [null, { promptImage: [{ uri: image, position: 'first' }] }],
    ['promptImage.0.position is required', { promptImage: [{ uri: image }] }],
    ['promptImage.0.uri is required', { promptImage: [{ position: 'first' }] }],
    [
      'promptImage.0.position must be "first", got the string "last"',
      { promptImage: [{ uri: image, position: 'last' }] },
    ],
    [
      'promptImage.0.uri must be an HTTPS URL, a Runway upload URI or a base64 data URI of an image',
      { promptImage: [{ uri: 'cat.png', position: 'first' }] },
    ],
    [
      'promptImage must be an HTTPS URL, a Runway upload URI or a base64 data URI of an image',
      { promptImage: 'cat.png' },
    ],
    ['duration must be one of 4, 6, 8, got 5', { model: 'veo3.1', duration: 5 }],
    [null, { model: 'seedance2', duration: 'auto' }],
  ])('%s: %j', (sentence, change) => {
    expect(refusal(change)).toBe(sentence);
  });
});

describe('a number in a query', () => {
  const LISTING = loadPack(join(PACKAGE_ROOT, 'spec/dream-machine'));
  const validateList = createRequestValidator(LISTING);

  it.each<readonly [string | null, string]>([
    [null, '5'],
    ['limit must be a number, got the string "many"', 'many'],
    ['limit must be a number, got the string ""', ''],
  ])('%s: %j', (sentence, limit) => {
    const query = (name: string) => (name === 'limit' ? limit : undefined);
    const parts = { query, header: () => undefined, pathParams: {}, body: undefined };
    const found = validateList(operationOf(LISTING, 'list-generations'), parts);
    expect(found?.message ?? null).toBe(sentence);
  });
});
