import type { ErrorObject } from 'ajv';
import { pointerParts } from './pointer.ts';

/** Returns the most specific error. Errors of composition keywords only repeat that a schema inside them failed. */
export function violationOf(errors: readonly ErrorObject[]): ErrorObject | undefined {
  return errors.find(({ keyword }) => !COMPOSITION.has(keyword)) ?? errors[0];
}

const COMPOSITION: ReadonlySet<string> = new Set(['if', 'anyOf', 'oneOf', 'allOf']);

/**
 * Describes a validation error in a sentence with the field and its value. The `x-message` of a schema takes
 * precedence, because only the document can explain why two fields exclude each other. An `x-sentence` is the
 * vendor's own text and replaces the whole sentence.
 * @param subject name of the parameter; null for a body
 */
export function explainViolation(error: ErrorObject | undefined, subject: string | null): string {
  if (error === undefined) return `${subject ?? 'the body'} is not valid`;
  const field = fieldOf(error, subject);
  const schema = (error.parentSchema ?? {}) as { 'x-message'?: unknown; 'x-sentence'?: unknown };
  if (typeof schema['x-sentence'] === 'string') return schema['x-sentence'];
  if (typeof schema['x-message'] === 'string') return `${field} ${schema['x-message']}`;
  return `${field} ${predicate(error)}`;
}

function fieldOf(error: ErrorObject, subject: string | null): string {
  const path = pathOf(error);
  return path.length > 0 ? path.join('.') : (subject ?? 'the body');
}

/** Returns the path of the field that an error is about. */
export function pathOf(error: ErrorObject): string[] {
  const path = pointerParts(error.instancePath);
  const { missingProperty, additionalProperty } = error.params as Readonly<
    Record<string, string | undefined>
  >;
  const last = missingProperty ?? additionalProperty;
  return last === undefined ? path : [...path, last];
}

function predicate({ keyword, params, data, message }: ErrorObject): string {
  const limits = params as {
    limit?: number;
    type?: string;
    format?: string;
    allowedValues?: unknown[];
    allowedValue?: unknown;
  };
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'type':
      return `must be ${withArticle(limits.type)}, got ${show(data)}`;
    case 'enum':
      return `must be one of ${(limits.allowedValues ?? []).join(', ')}, got ${show(data)}`;
    case 'const':
      return `must be ${JSON.stringify(limits.allowedValue)}, got ${show(data)}`;
    case 'false schema':
      return `must be left out, got ${show(data)}`;
    case 'minLength':
      return limits.limit === 1 ? 'must not be empty' : `must have at least ${limits.limit} characters`;
    case 'maxLength':
      return `must have at most ${limits.limit} characters, got ${Array.from(String(data)).length}`;
    case 'format':
      return `must be a valid ${limits.format}, got ${show(data)}`;
    default:
      return `${message ?? 'is not valid'}, got ${show(data)}`;
  }
}

/** Prefixes a noun with its indefinite article. */
export function withArticle(noun = ''): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function show(value: unknown): string {
  const kind =
    value === null
      ? ''
      : Array.isArray(value)
        ? 'an array '
        : typeof value === 'object'
          ? 'an object '
          : typeof value === 'string'
            ? 'the string '
            : '';
  const text = JSON.stringify(value) ?? String(value);
  return kind + (text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
