import {
  InvalidSchemaError,
  type OutputUnit,
  registerSchema,
  type SchemaObject,
  setMetaSchemaOutputFormat,
  setShouldValidateFormat,
  type Validator,
  validate,
} from '@hyperjump/json-schema/openapi-3-1';
import '@hyperjump/json-schema/formats';
import { BASIC } from '@hyperjump/json-schema/experimental';
import { closeSchemas } from './close-schemas.ts';
import { DRAFT_2020_12, mapOperations, mapValues, resolved } from './document-routing.ts';
import type { JsonObject, OpenApiDocument, Oracle, OracleOptions, Violation } from './oracle.ts';
import { createSchemaOracle, type SchemaCheck } from './schema-oracle.ts';

/**
 * With this dialect, Hyperjump first validates the document against OpenAPI's own schema and throws if it is invalid.
 */
const OPENAPI_DIALECT = 'https://spec.openapis.org/oas/3.1/schema-draft-2020-12';

// The registry is process-wide and rejects duplicate names, so every oracle registers under a unique name.
let registered = 0;

export function createHyperjumpOracle(document: OpenApiDocument, options: OracleOptions = {}): Oracle {
  const judged = withAddressableCallbacks(options.closed ? closeSchemas(document) : document);
  registered += 1;
  const uri = `https://oracle.invalid/${registered}/openapi`;
  // Both settings are process-wide, but no other code uses this library.
  setShouldValidateFormat(true);
  setMetaSchemaOutputFormat(BASIC);
  registerSchema({ ...judged, jsonSchemaDialect: DRAFT_2020_12 } as SchemaObject, uri, OPENAPI_DIALECT);
  return createSchemaOracle('hyperjump', judged, createCheck(uri));
}

function createCheck(uri: string): SchemaCheck {
  const compiled = new Map<string, Promise<Validator>>();
  const compile = (pointer: string): Promise<Validator> => {
    const validator = compiled.get(pointer) ?? validate(`${uri}#${encodeURI(pointer)}`);
    compiled.set(pointer, validator);
    return validator;
  };
  return async (pointer, value) => {
    // Only the first compilation validates the document, so all calls await the same one.
    await compile('').catch(explainRefusal);
    const output = (await compile(pointer))(value as Parameters<Validator>[0], BASIC);
    return output.valid ? [] : (output.errors ?? []).map(violationOf);
  };
}

function explainRefusal(error: unknown): never {
  if (!(error instanceof InvalidSchemaError)) throw error;
  const { errors = [] } = error.output;
  const deepest = errors.map(violationOf).sort((a, b) => b.at.length - a.at.length)[0];
  throw new Error(`The document is not valid OpenAPI 3.1: ${deepest?.at} ${deepest?.message}`, {
    cause: error,
  });
}

/**
 * The library decodes pointers with decodeURI, which keeps `%23`, so a schema below `{$request.body#/callBackUrl}`
 * cannot be addressed. Routing never reads these keys, so they may be renamed.
 */
function withAddressableCallbacks(document: OpenApiDocument): OpenApiDocument {
  return mapOperations(document, (operation) => {
    if (!('callbacks' in operation)) return operation;
    const callbacks = mapValues(operation.callbacks, (callback) =>
      withoutHashes(resolved(document, callback)),
    );
    return { ...operation, callbacks };
  });
}

function withoutHashes(callback: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(callback).map(([expression, pathItem]) => [expression.replaceAll('#', ''), pathItem]),
  );
}

function violationOf(error: OutputUnit): Violation {
  const keyword = error.keyword.split('/').at(-1);
  const schema = fragmentOf(error.absoluteKeywordLocation);
  return { at: decodeURI(fragmentOf(error.instanceLocation)), message: `fails "${keyword}" of #${schema}` };
}

function fragmentOf(uri: string): string {
  return uri.slice(uri.indexOf('#') + 1);
}
