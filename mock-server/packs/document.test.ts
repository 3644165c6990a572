import type { OpenAPIV3_1 } from 'openapi-types';
import { describe, expect, it } from 'vitest';
import { Defect } from './defect.ts';
import { findCallbacks, findMessages, listOperations, resolve } from './document.ts';
import { atPointer } from './pointer.ts';

const DOCUMENT: OpenAPIV3_1.Document = {
  openapi: '3.1.0',
  info: { title: 'acme', version: '1' },
  paths: {
    '/clips': {
      post: {
        operationId: 'make-clip',
        responses: {},
        callbacks: {
          ended: { '{$request.body#/url}': { post: { responses: {} } } },
          shared: { $ref: '#/components/callbacks/Shared' },
          empty: {},
        },
      },
      get: { responses: {} },
    },
    '/clips/{id}': { get: { operationId: 'get-clip', responses: {} } },
  },
  components: {
    callbacks: { Shared: { '{$request.body#/hook}': { post: { responses: {} } } } },
    responses: { A: { $ref: '#/components/responses/B' }, B: { $ref: '#/components/responses/A' } },
  },
};

const [getClip, makeClip] = listOperations(DOCUMENT).sort((a, b) => a.id.localeCompare(b.id));

describe('the operations of a document', () => {
  it('are those with an id, each with its method and path', () => {
    expect(listOperations(DOCUMENT).map(({ id, method, path }) => [id, method, path])).toStrictEqual([
      ['make-clip', 'POST', '/clips'],
      ['get-clip', 'GET', '/clips/{id}'],
    ]);
  });

  it('have pointers that lead to them', () => {
    for (const { pointer, operation } of listOperations(DOCUMENT)) {
      expect(atPointer(DOCUMENT, pointer)).toBe(operation);
    }
  });
});

describe('a callback of a document', () => {
  function found(name: string, at = makeClip) {
    if (at === undefined) throw new Error('the document does not have this operation');
    const [first] = findCallbacks(DOCUMENT, at, name);
    if (first === undefined) throw new Error('the callback has no expression');
    return first;
  }

  it('has the expression of its URL as its key', () => {
    expect(found('ended').urlExpression).toBe('{$request.body#/url}');
    expect(atPointer(DOCUMENT, found('ended').pointer)).toStrictEqual({ post: { responses: {} } });
  });

  it('has several expressions for several URLs', () => {
    const callbacks = { both: { '{$request.query.a}': {}, '{$request.header.b}': {} } };
    const at = makeClip === undefined ? undefined : { ...makeClip, operation: { callbacks } };
    if (at === undefined) throw new Error('the document does not have this operation');
    expect(findCallbacks(DOCUMENT, at, 'both').map(({ urlExpression }) => urlExpression)).toEqual([
      '{$request.query.a}',
      '{$request.header.b}',
    ]);
  });

  it('is preferred to a webhook of the document, which an event can have in addition', () => {
    if (makeClip === undefined) throw new Error('the document does not have this operation');
    const document = { ...DOCUMENT, webhooks: { 'clip/ended': {} } };
    const both = { callback: 'ended', webhook: 'clip/ended' };
    expect(findMessages(document, makeClip, both)).toBe(found('ended').pointer);
    expect(findMessages(document, makeClip, { ...both, callback: null })).toBe('/webhooks/clip~1ended');
    expect(() => findMessages(DOCUMENT, makeClip, { ...both, callback: null })).toThrow(
      'the document has no webhook "clip/ended"',
    );
  });

  it('may be a reference', () => {
    expect(found('shared').urlExpression).toBe('{$request.body#/hook}');
  });

  it.each(['started', 'empty', 'constructor', 'toString', '__proto__'])(
    'is rejected when the operation does not declare it: %s',
    (name) => {
      expect(() => found(name)).toThrow(
        new Defect(`operation make-clip declares no callback "${name}" in the document`),
      );
    },
  );

  it('is rejected when the operation has no callbacks', () => {
    expect(() => found('ended', getClip)).toThrow('operation get-clip declares no callback "ended"');
  });
});

describe('a reference', () => {
  it('is followed inside the document', () => {
    const shared = resolve<OpenAPIV3_1.CallbackObject>(DOCUMENT, { $ref: '#/components/callbacks/Shared' });
    expect(Object.keys(shared ?? {})).toStrictEqual(['{$request.body#/hook}']);
  });

  it('resolves to the value itself without $ref, and to undefined without a target', () => {
    expect(resolve(DOCUMENT, { type: 'string' })).toStrictEqual({ type: 'string' });
    expect(resolve(DOCUMENT, undefined)).toBeUndefined();
    expect(resolve(DOCUMENT, { $ref: '#/components/schemas/Nothing' })).toBeUndefined();
  });

  it('is rejected when it leads to another file', () => {
    expect(() => resolve(DOCUMENT, { $ref: 'other.yaml#/A' })).toThrow(
      '$ref "other.yaml#/A" refers to another file or address',
    );
  });

  it('is rejected when it is circular', () => {
    expect(() => resolve(DOCUMENT, { $ref: '#/components/responses/A' })).toThrow('is circular');
  });
});
