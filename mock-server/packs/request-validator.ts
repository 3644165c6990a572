import type { ErrorObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { step } from './defect.ts';
import { type DocumentOperation, listOperations, resolve } from './document.ts';
import { bodySchemaAt, placeOf, type SchemaCompiler, schemaCompiler } from './document-schemas.ts';
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
  let compile: SchemaCompiler | undefined;
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

function compileChecks(document: OpenAPIV3_1.Document, id: string, compile: SchemaCompiler): Check[] {
  const found = listOperations(document).find((operation) => operation.id === id);
  if (found === undefined) return [];
  const checks = parametersOf(document, found).flatMap(({ reference, pointer }) => {
    const parameter = resolve<OpenAPIV3_1.ParameterObject>(document, reference);
    if (parameter?.in !== 'query' && parameter?.in !== 'header') return [];
    const place = placeOf(document, pointer);
    const validate = parameter.schema === undefined ? null : compile(`${place}/schema`);
    return [parameterCheck(parameter, validate)];
  });
  const body = bodySchemaAt(document, `${found.pointer}/requestBody`);
  return body === null ? checks : [...checks, bodyCheck(compile(body))];
}

/** Those of the operation, and those that all operations of its path share. */
function parametersOf(document: OpenAPIV3_1.Document, { path, pointer, operation }: DocumentOperation) {
  const shared = document.paths?.[path]?.parameters ?? [];
  return [
    ...shared.map((reference, index) => ({ reference, pointer: `/paths${step(path)}/parameters/${index}` })),
    ...(operation.parameters ?? []).map((reference, index) => ({
      reference,
      pointer: `${pointer}/parameters/${index}`,
    })),
  ];
}

function parameterCheck(
  { name, required, in: place }: OpenAPIV3_1.ParameterObject,
  validate: ValidateFunction | null,
): Check {
  return (request) => {
    const value = place === 'header' ? request.header(name) : request.query(name);
    if (value === undefined) {
      const where = place === 'header' ? 'as a header' : 'in the query';
      return required === true ? plain(`${name} is required ${where}`) : null;
    }
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
