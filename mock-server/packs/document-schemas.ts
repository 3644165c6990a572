import { createRequire } from 'node:module';
import type { SchemaObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { type DocumentOperation, MAX_HOPS, pointerOf } from './document.ts';
import { boundedPattern, documentPattern } from './document-pattern.ts';
import { atPointer, pointerParts, step } from './pointer.ts';

/** Returns the validator of the schema at a JSON Pointer of the document; compiles it on first use. */
export type SchemaCompiler = (pointer: string) => ValidateFunction;

interface CompilerOptions {
  /** Whether to report all errors of a value, and not to log unknown formats. */
  readonly thorough?: boolean;
}

/** Loads the schema library on first use, because starting the mock does not compile schemas. */
export function loadSchemaLibrary() {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
  return { Ajv2020, addFormats: addFormats.default };
}

/** Creates a compiler for the schemas of a document. */
export function schemaCompiler(
  document: OpenAPIV3_1.Document,
  { thorough = false }: CompilerOptions = {},
): SchemaCompiler {
  const { Ajv2020, addFormats } = loadSchemaLibrary();
  // Strict mode would reject keywords of OpenAPI and of packs, such as example and x-message.
  const ajv = new Ajv2020({
    strict: false,
    verbose: true,
    validateSchema: false,
    code: { regExp: Object.assign(documentPattern, { code: 'documentPattern' }) },
    ...(thorough ? { allErrors: true, logger: false } : {}),
  });
  addFormats(ajv);
  // The only format whose expression takes quadratic time, which is minutes for a megabyte.
  const { url } = ajv.formats;
  if (url instanceof RegExp) ajv.addFormat('url', boundedPattern(url).test);
  ajv.addSchema(document as SchemaObject, 'document');
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    let validate = compiled.get(pointer);
    if (validate === undefined) {
      // Ajv caches schemas by object identity, which does not help with a new object for each call.
      validate = ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
      compiled.set(pointer, validate);
    }
    return validate;
  };
}

/** Resolves every reference on the way of a pointer, and returns the pointer to the actual value. */
export function placeOf(document: OpenAPIV3_1.Document, pointer: string): string {
  let place = '';
  for (const part of pointerParts(pointer)) place = behindReferences(document, place + step(part));
  return place;
}

function behindReferences(document: OpenAPIV3_1.Document, pointer: string): string {
  let place = pointer;
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const node = atPointer(document, place);
    const reference = typeof node === 'object' && node !== null && '$ref' in node ? node.$ref : undefined;
    const target = pointerOf(reference);
    if (target === null) return place;
    place = target;
  }
  return place;
}

/** Returns the pointer to the schema of the JSON or multipart body in a request body or response; null without one. */
export function bodySchemaAt(document: OpenAPIV3_1.Document, pointer: string): string | null {
  const content = `${placeOf(document, pointer)}/content`;
  const schemas = ['application/json', 'multipart/form-data'].map((type) => `${content}${step(type)}/schema`);
  return schemas.find((schema) => atPointer(document, schema) !== undefined) ?? null;
}

/** Returns the pointer to the response for a status: by number, by class, or the default; null without one. */
export function responseAt(
  document: OpenAPIV3_1.Document,
  { pointer }: Pick<DocumentOperation, 'pointer'>,
  status: number,
): string | null {
  const responses = placeOf(document, `${pointer}/responses`);
  return (
    [String(status), `${String(status)[0]}XX`, 'default']
      .map((key) => responses + step(key))
      .find((place) => atPointer(document, place) !== undefined) ?? null
  );
}
