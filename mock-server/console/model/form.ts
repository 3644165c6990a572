import type { JsonSchema } from '../wire.ts';

/** One field of a form that is made from a request's schema. */
export interface Field {
  readonly name: string;
  readonly kind: 'text' | 'long-text' | 'number' | 'choice' | 'yes-no' | 'json';
  readonly isRequired: boolean;
  readonly description: string;
  readonly choices: readonly string[];
  /** As it stands in the form at first. */
  readonly value: string;
}

/** A form for the fields of an object schema, filled in with the document's own example. */
export function fieldsOf(schema: JsonSchema, example: unknown, promptAt: string | null): Field[] {
  const parts = [schema, ...(schema.allOf ?? [])];
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<
    string,
    JsonSchema
  >;
  const values = typeof example === 'object' && example !== null ? (example as Record<string, unknown>) : {};
  return Object.entries(properties).map(([name, own]) => ({
    name,
    kind: `/${name}` === promptAt ? 'long-text' : kindOf(own),
    isRequired: required.has(name),
    description: own.description ?? '',
    choices: choicesOf(own),
    value: textOf(values[name]),
  }));
}

function kindOf(schema: JsonSchema): Field['kind'] {
  if (choicesOf(schema).length > 0) return 'choice';
  const [type] = [schema.type].flat().filter((one) => one !== 'null');
  if (type === 'string') return 'text';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'boolean' ? 'yes-no' : 'json';
}

function choicesOf({ enum: values, const: only }: JsonSchema): string[] {
  if (only !== undefined) return [textOf(only)];
  return (values ?? []).filter((value) => value !== null).map(textOf);
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The request that a filled-in form stands for; fields that are left empty are left out.
 * @throws {Error} for a field that holds no JSON, by its name
 */
export function bodyOf(
  fields: readonly Field[],
  values: Readonly<Record<string, string>>,
  schema: JsonSchema,
): Record<string, unknown> {
  const parts = [schema, ...(schema.allOf ?? [])];
  const properties = Object.assign({}, ...parts.map((part) => part.properties ?? {})) as Record<
    string,
    JsonSchema
  >;
  const filled = fields.flatMap((field) => {
    const text = values[field.name] ?? field.value;
    return text === '' ? [] : [[field.name, filledIn(field, text, properties[field.name] ?? {})] as const];
  });
  return Object.fromEntries(filled);
}

function filledIn({ kind, name }: Field, text: string, schema: JsonSchema): unknown {
  if (kind === 'text' || kind === 'long-text') return text;
  // A choice among numbers is a number.
  if (kind === 'choice')
    return (schema.enum ?? [schema.const]).find((value) => textOf(value) === text) ?? text;
  // Where several types are allowed, a word is a word, and a number is a number.
  if (kind === 'json' && schema.type === undefined && !/^([[{"]|-?\d+(\.\d+)?$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} must be ${kind === 'number' ? 'a number' : 'JSON'}, got ${text.slice(0, 60)}`);
  }
}
