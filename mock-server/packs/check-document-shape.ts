import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import type { Defect } from './defect.ts';
import { toDefects } from './lifecycle-schema.ts';

const MAP_OF_OBJECTS = { type: 'object', additionalProperties: { type: 'object' } };

const PARAMETERS = {
  type: 'array',
  items: {
    type: 'object',
    properties: { name: { type: 'string' }, in: { type: 'string' }, schema: { type: ['object', 'boolean'] } },
  },
};

const BODY = { type: 'object', properties: { content: MAP_OF_OBJECTS } };

const OPERATION = {
  type: 'object',
  properties: {
    operationId: { type: 'string', minLength: 1 },
    parameters: PARAMETERS,
    requestBody: BODY,
    responses: { type: 'object', additionalProperties: BODY },
    callbacks: MAP_OF_OBJECTS,
  },
};

/** Schema of only those parts of an OpenAPI document that the mock reads; `packs check` validates the rest. */
const SHAPE = {
  type: 'object',
  properties: {
    servers: {
      type: 'array',
      items: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
    },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^(/|x-)' },
      additionalProperties: {
        type: 'object',
        properties: {
          parameters: PARAMETERS,
          ...Object.fromEntries(['get', 'put', 'post', 'delete', 'patch'].map((name) => [name, OPERATION])),
        },
      },
    },
    components: {
      type: 'object',
      properties: { schemas: { type: 'object', additionalProperties: { type: ['object', 'boolean'] } } },
    },
  },
};

let validate: ValidateFunction | undefined;

/** Finds values of a document whose type differs from the one that the mock expects. */
export function checkDocumentShape(document: unknown): Defect[] {
  validate ??= compileShape();
  return validate(document) ? [] : toDefects(validate);
}

function compileShape(): ValidateFunction {
  // Compiling the meta-schemas would take most of the time, so they are left out.
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  return new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: false,
    meta: false,
    validateSchema: false,
  }).compile(SHAPE);
}
