import { createRequire } from 'node:module';
import type { SchemaObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { step } from './defect.ts';
import { type DocumentOperation, MOST_HOPS, pointerOf } from './document.ts';
import { boundedPattern, documentPattern } from './document-pattern.ts';
import { atPointer, pointerParts } from './expressions.ts';

/** The validator of the schema at a JSON Pointer of the document, compiled when it is first asked for. */
export type SchemaCompiler = (pointer: string) => ValidateFunction;

interface CompilerOptions {
  /** Finds everything that is wrong with a value, and says nothing of formats it does not know. */
  readonly thorough?: boolean;
}

/** What compiling needs: loaded by the first who compiles, because a start compiles nothing. */
export function loadSchemaLibrary() {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
  return { Ajv2020, addFormats: addFormats.default };
}

export function schemaCompiler(
  document: OpenAPIV3_1.Document,
  { thorough = false }: CompilerOptions = {},
): SchemaCompiler {
  const { Ajv2020, addFormats } = loadSchemaLibrary();
  // Not strict: the document's own keywords (example, x-message …) are nothing to stop at while serving.
  const ajv = new Ajv2020({
    strict: false,
    verbose: true,
    validateSchema: false,
    code: { regExp: Object.assign(documentPattern, { code: 'documentPattern' }) },
    ...(thorough ? { allErrors: true, logger: false } : {}),
  });
  addFormats(ajv);
  // The only format whose expression takes the square of a text's length, which is minutes for a megabyte.
  const { url } = ajv.formats;
  if (url instanceof RegExp) ajv.addFormat('url', boundedPattern(url).test);
  ajv.addSchema(document as SchemaObject, 'document');
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    let validate = compiled.get(pointer);
    if (validate === undefined) {
      // Ajv knows a schema again by its object, and this one is new each time.
      validate = ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
      compiled.set(pointer, validate);
    }
    return validate;
  };
}

/** Where a part of the document really stands: the pointer, with every reference on its way followed. */
export function placeOf(document: OpenAPIV3_1.Document, pointer: string): string {
  let place = '';
  for (const part of pointerParts(pointer)) place = behindReferences(document, place + step(part));
  return place;
}

function behindReferences(document: OpenAPIV3_1.Document, pointer: string): string {
  let place = pointer;
  for (let hops = 0; hops < MOST_HOPS; hops++) {
    const node = atPointer(document, place);
    const reference = typeof node === 'object' && node !== null && '$ref' in node ? node.$ref : undefined;
    const target = pointerOf(reference);
    if (target === null) return place;
    place = target;
  }
  return place;
}

/** The schema of the JSON body that a request body or a response describes; null when it describes none. */
export function bodySchemaAt(document: OpenAPIV3_1.Document, pointer: string): string | null {
  const schema = `${placeOf(document, pointer)}/content${step('application/json')}/schema`;
  return atPointer(document, schema) === undefined ? null : schema;
}

/** Where an operation describes its response of this status: by number, by class, or by default; null if nowhere. */
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
