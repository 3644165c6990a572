import { createRequire } from 'node:module';
import type { ErrorObject, SchemaObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { step } from './defect.ts';
import { listOperations, resolve } from './document.ts';
import { explainViolation, violationOf } from './explain-violation.ts';
import type { Operation, Pack, RequestParts } from './pack.ts';

/** What the document has against a request. */
export interface Violation {
  /** A sentence that names the field. */
  readonly message: string;
  /** The vendor's own code for it, from `x-code` of the schema that refused; null for the usual one. */
  readonly code: string | null;
}

/** Null when the document has nothing against the request. */
export type RequestValidator = (operation: Operation, request: RequestParts) => Violation | null;

type Check = (request: RequestParts) => Violation | null;

/** Schemas compile when their operation is first called: a start needs none of them. */
export function createRequestValidator({ document }: Pick<Pack, 'document'>): RequestValidator {
  const checks = new Map<string, readonly Check[]>();
  let compile: Compile | undefined;
  return ({ id }, request) => {
    let forOperation = checks.get(id);
    if (forOperation === undefined) {
      compile ??= schemaCompiler(document);
      forOperation = compileChecks(document, id, compile);
      checks.set(id, forOperation);
    }
    for (const check of forOperation) {
      const trouble = check(request);
      if (trouble !== null) return trouble;
    }
    return null;
  };
}

type Compile = (pointer: string) => ValidateFunction;

function schemaCompiler(document: OpenAPIV3_1.Document): Compile {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
  // Not strict: the document's own keywords (example, x-message …) are nothing to stop at while serving.
  const ajv = new Ajv2020({ strict: false, verbose: true, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(document as SchemaObject, 'document');
  return (pointer) => ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
}

function compileChecks(document: OpenAPIV3_1.Document, id: string, compile: Compile): Check[] {
  const found = listOperations(document).find((operation) => operation.id === id);
  if (found === undefined) return [];
  const checks = (found.operation.parameters ?? []).flatMap((reference, index) => {
    const parameter = resolve<OpenAPIV3_1.ParameterObject>(document, reference);
    if (parameter?.in !== 'query') return [];
    const place = placeOf(reference, `${found.pointer}/parameters/${index}`);
    const validate = parameter.schema === undefined ? null : compile(`${place}/schema`);
    return [queryCheck(parameter, validate)];
  });
  const reference = found.operation.requestBody;
  const body = resolve<OpenAPIV3_1.RequestBodyObject>(document, reference);
  if (body?.content['application/json']?.schema === undefined) return checks;
  const place = placeOf(reference, `${found.pointer}/requestBody`);
  return [...checks, bodyCheck(compile(`${place}/content${step('application/json')}/schema`))];
}

/** Where a part of the document really stands. */
function placeOf(node: object | undefined, own: string): string {
  return node !== undefined && '$ref' in node ? String(node.$ref).slice(1) : own;
}

function queryCheck(
  { name, required }: OpenAPIV3_1.ParameterObject,
  validate: ValidateFunction | null,
): Check {
  return (request) => {
    const value = request.query(name);
    if (value === undefined) return required === true ? plain(`${name} is required in the query`) : null;
    return validate === null || validate(value) ? null : violation(validate.errors, name);
  };
}

function bodyCheck(validate: ValidateFunction): Check {
  return ({ body }) => {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      return plain('the body must be a JSON object');
    }
    return validate(body) ? null : violation(validate.errors, null);
  };
}

function violation(errors: readonly ErrorObject[] | null | undefined, field: string | null): Violation {
  const error = violationOf(errors ?? []);
  const code = (error?.parentSchema as { 'x-code'?: unknown } | undefined)?.['x-code'];
  return {
    message: explainViolation(error, field),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
  };
}

function plain(message: string): Violation {
  return { message, code: null };
}
