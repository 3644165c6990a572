import type { ErrorObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { type DocumentOperation, listOperations, resolve } from './document.ts';
import { bodySchemaAt, placeOf, type SchemaCompiler, schemaCompiler } from './document-schemas.ts';
import { explainViolation, pathOf, violationOf } from './explain-violation.ts';
import type { Operation, Pack } from './pack.ts';
import { atPointer, step } from './pointer.ts';
import { relevantErrors } from './relevant-errors.ts';
import type { RequestParts } from './request-parts.ts';

/** How a request violates the document. */
export interface Violation {
  /** Sentences that name the invalid fields, up to a limit. */
  readonly message: string;
  /** Code of the vendor for this violation, from `x-code` of the schema; null for the default code. */
  readonly code: string | null;
  /** Path of the invalid field, which begins with `body`, `query` or `header`. */
  readonly field: readonly string[];
}

/** Validates a request against the document; null when it is valid. */
export type RequestValidator = (operation: Operation, request: RequestParts) => Violation | null;

type Check = (request: RequestParts) => Violation | null;

/** Creates a validator for the requests of a pack. Schemas compile when their operation is first called. */
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
    let found: Violation[] | null = null;
    for (const check of forOperation) {
      const violated = check(request);
      if (violated === null) continue;
      found ??= [];
      found.push(violated);
    }
    return found === null ? null : joined(found);
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
  const place = `${found.pointer}/requestBody`;
  const body = bodySchemaAt(document, place);
  if (body === null) return checks;
  const isRequired = atPointer(document, `${placeOf(document, place)}/required`) === true;
  // An invalid request is validated again by a validator that reports all errors.
  const explain = (): ValidateFunction => schemaCompiler(document, { thorough: true })(body);
  return [...checks, bodyCheck(compile(body), { isRequired, explain, document })];
}

/** Returns the parameters of the operation, and those that all operations of its path share. */
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

function parameterCheck(parameter: OpenAPIV3_1.ParameterObject, validate: ValidateFunction | null): Check {
  const { name, required, in: place } = parameter;
  return (request) => {
    const value = place === 'header' ? request.header(name) : request.query(name);
    if (value === undefined) {
      const where = place === 'header' ? 'as a header' : 'in the query';
      return required === true ? absent(parameter, `${name} is required ${where}`) : null;
    }
    if (validate === null || validate(readAs(parameter, value))) return null;
    return { ...violation(validate.errors, name), field: [place, name] };
  };
}

/** Describes a missing parameter; `x-sentence` and `x-code` of the parameter take precedence. */
function absent(parameter: OpenAPIV3_1.ParameterObject, usual: string): Violation {
  const { 'x-sentence': own, 'x-code': code } = parameter as { 'x-sentence'?: unknown; 'x-code'?: unknown };
  const message = typeof own === 'string' ? own : usual;
  return {
    message,
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
    field: [parameter.in, parameter.name],
  };
}

/** Converts the text of a parameter to the type in its schema. */
function readAs({ schema }: OpenAPIV3_1.ParameterObject, text: string): unknown {
  const type = (schema as { readonly type?: unknown } | undefined)?.type;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
}

interface BodyRules {
  readonly isRequired: boolean;
  /** Creates a validator that reports all errors. */
  readonly explain: () => ValidateFunction;
  readonly document: OpenAPIV3_1.Document;
}

function bodyCheck(validate: ValidateFunction, { isRequired, explain, document }: BodyRules): Check {
  let thorough: ValidateFunction | undefined;
  return ({ body }) => {
    if (body === undefined && !isRequired) return null;
    if (typeof body !== 'object' || body === null || Array.isArray(body)) {
      return plain('the body must be a JSON object');
    }
    if (validate(body)) return null;
    thorough ??= explain();
    thorough(body);
    return violation(relevantErrors(thorough.errors ?? [], document), null);
  };
}

/** Limits the length of an answer about a body with many invalid fields. */
const MAX_SENTENCES = 5;

/** Combines all errors into one message; the most specific one determines the code. */
function violation(errors: readonly ErrorObject[] | null | undefined, field: string | null): Violation {
  const error = violationOf(errors ?? []);
  const others = (errors ?? []).filter((other) => other !== error).slice(0, MAX_SENTENCES * 4);
  const texts = new Set([error, ...others].map((one) => explainViolation(one, field)));
  const code = (error?.parentSchema as { 'x-code'?: unknown } | undefined)?.['x-code'];
  return {
    message: enumerated([...texts]),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : null,
    field: ['body', ...(error === undefined ? [] : pathOf(error))],
  };
}

function enumerated(texts: readonly string[]): string {
  const more = texts.length > MAX_SENTENCES ? '; and more' : '';
  return texts.slice(0, MAX_SENTENCES).join('; ') + more;
}

function joined(found: readonly Violation[]): Violation {
  const [first] = found;
  if (first === undefined || found.length === 1) return first ?? plain('the request is not valid');
  return { ...first, message: enumerated(found.map(({ message }) => message)) };
}

function plain(message: string): Violation {
  return { message, code: null, field: ['body'] };
}
