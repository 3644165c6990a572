import type { ErrorObject, ValidateFunction } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { type DocumentOperation, listOperations } from '../document.ts';
import { type SchemaCompiler, schemaCompiler } from '../document-schemas.ts';
import { explainViolation } from '../explain-violation.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Pack } from '../pack.ts';
import { atPointer, pointerParts, step } from '../pointer.ts';
import { relevantErrors } from '../relevant-errors.ts';
import type { Finding } from './finding.ts';

/** Shared state of a dry run. */
export interface Run {
  readonly pack: Pack;
  readonly lifecycle: Lifecycle;
  readonly documented: ReadonlyMap<string, DocumentOperation>;
  /** Pointers to the templates whose bodies were validated. */
  readonly templates: Set<string>;
  readonly states: Set<string>;
  readonly findings: Finding[];
  readonly unusable: Finding[];
  readonly compile: SafeCompiler;
  readonly validate: Validate;
}

/** A rendered body, with the pointers to its template and to its schema. */
interface RenderedBody {
  readonly body: string;
  readonly schema: string;
  readonly template: string;
  readonly shownBy: string;
  /** Returns the pointer to the source of an expression, for values that are not in the template itself. */
  readonly sourceOf?: (expression: string) => string | null;
}

type Validate = (rendered: RenderedBody) => void;

export function startRun(pack: Pack, lifecycle: Lifecycle): Run {
  const findings: Finding[] = [];
  const templates = new Set<string>();
  const unusable: Finding[] = [];
  const compile = safely(schemaCompiler(pack.document, { thorough: true }), unusable);
  return {
    pack,
    lifecycle,
    documented: new Map(listOperations(pack.document).map((operation) => [operation.id, operation])),
    templates,
    states: new Set(),
    findings,
    unusable,
    compile,
    validate({ body, schema, template, shownBy, sourceOf = () => null }) {
      templates.add(template);
      for (const error of violations(compile(schema), JSON.parse(body), pack.document)) {
        const { pointer, source } = follow(atPointer(lifecycle, template), error);
        const origin = typeof source === 'string' ? sourceOf(source) : null;
        findings.push({
          severity: 'error',
          root: 'lifecycle',
          pointer: origin ?? template + pointer,
          message: explainViolation(error, null),
          shownBy,
        });
      }
    },
  };
}

/** Returns null for a schema that cannot be compiled, and reports it once. */
type SafeCompiler = (pointer: string) => ValidateFunction | null;

function safely(compile: SchemaCompiler, unusable: Finding[]): SafeCompiler {
  const known = new Map<string, ValidateFunction | null>();
  return (pointer) => {
    const compiled = known.get(pointer);
    if (compiled !== undefined) return compiled;
    let validate: ValidateFunction | null = null;
    try {
      validate = compile(pointer);
    } catch (error) {
      const message = `the schema cannot be compiled: ${(error as Error).message}`;
      unusable.push({ severity: 'error', root: 'document', pointer, message });
    }
    known.set(pointer, validate);
    return validate;
  };
}

export function violations(
  validate: ValidateFunction | null,
  value: unknown,
  document: OpenAPIV3_1.Document,
): ErrorObject[] {
  if (validate === null || validate(value)) return [];
  return relevantErrors(validate.errors ?? [], document);
}

/** Follows the path of an error into a template, as far as possible: a codec turns everything inside it into one string. */
export function follow(
  template: unknown,
  { instancePath, params }: ErrorObject,
): { pointer: string; source: unknown } {
  const extra = (params as { additionalProperty?: string }).additionalProperty;
  let pointer = '';
  let source = template;
  for (const part of [...pointerParts(instancePath), ...(extra === undefined ? [] : [extra])]) {
    const inner = atPointer(source, step(part));
    if (inner === undefined) break;
    pointer += step(part);
    source = inner;
  }
  return { pointer, source };
}
