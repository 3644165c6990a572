import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { closeSchemas } from './close-schemas.ts';
import { isObject } from './document-routing.ts';
import type { OpenApiDocument, Oracle, OracleOptions, Violation } from './oracle.ts';
import { createSchemaOracle, type SchemaCheck } from './schema-oracle.ts';

const DOCUMENT_ID = 'openapi.json';

/** Keywords that OpenAPI 3.1 adds to JSON Schema. None of them rejects a value. */
const OPENAPI_KEYWORDS = ['discriminator', 'example', 'externalDocs', 'xml'];

/**
 * Runs Ajv in strict mode, so that a misspelled keyword or an unknown format in the document throws instead of
 * allowing everything.
 */
export function createAjvOracle(document: OpenApiDocument, options: OracleOptions = {}): Oracle {
  const judged = options.closed ? closeSchemas(document) : document;
  return createSchemaOracle('ajv', judged, createCheck(judged));
}

function createCheck(document: OpenApiDocument): SchemaCheck {
  const ajv = new Ajv2020({
    strict: true,
    // A condition names keys of the surrounding schema, and OpenAPI 3.1 expresses "or null" as a list of types.
    strictRequired: false,
    allowUnionTypes: true,
    allErrors: true,
  });
  ajvFormats.default(ajv);
  ajv.addVocabulary([...toleratedKeywords(document)]);
  ajv.addSchema(document, DOCUMENT_ID);
  const compiled = new Map<string, ValidateFunction>();
  return async (pointer, value) => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `${DOCUMENT_ID}#${fragmentOf(pointer)}` });
    compiled.set(pointer, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(violationOf);
  };
}

/** Includes the document's own top-level keys, because Ajv compiles the document that a pointer leads into. */
function toleratedKeywords(document: OpenApiDocument): ReadonlySet<string> {
  return new Set([...OPENAPI_KEYWORDS, ...Object.keys(document), ...vendorKeywords(document)]);
}

function vendorKeywords(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value).filter((key) => key.startsWith('x-'));
  return [...own, ...Object.values(value).flatMap(vendorKeywords)];
}

function fragmentOf(pointer: string): string {
  return pointer.split('/').map(encodeURIComponent).join('/');
}

function violationOf(error: ErrorObject): Violation {
  const detail = error.params.unevaluatedProperty ?? error.params.allowedValues ?? error.params.allowedValue;
  const message = `${error.message}${detail === undefined ? '' : `: ${JSON.stringify(detail)}`}`;
  return { at: error.instancePath, message };
}
