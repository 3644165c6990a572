/** The parts of a JSON Schema that a form is generated from. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly allOf?: readonly JsonSchema[];
}

/** One field of a form that is generated from the schema of a request. */
export interface Field {
  readonly name: string;
  readonly kind: 'text' | 'long-text' | 'number' | 'choice' | 'yes-no' | 'json';
  readonly isRequired: boolean;
  readonly description: string;
  readonly choices: readonly string[];
  /** The initial value. */
  readonly value: string;
}

/** Returns the form fields of an object schema, with the values of an example. */
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
 * Returns the request body of a completed form, without empty fields.
 * @throws {Error} when a field is not valid JSON; the message has the name of the field
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
    return text === '' ? [] : [[field.name, parsedValue(field, text, properties[field.name] ?? {})] as const];
  });
  return Object.fromEntries(filled);
}

function parsedValue({ kind, name }: Field, text: string, schema: JsonSchema): unknown {
  if (kind === 'text' || kind === 'long-text') return text;
  // Choices keep the type that they have in the schema.
  if (kind === 'choice')
    return (schema.enum ?? [schema.const]).find((value) => textOf(value) === text) ?? text;
  // Without a type in the schema, only text that looks like JSON is parsed.
  if (kind === 'json' && schema.type === undefined && !/^([[{"]|-?\d+(\.\d+)?$)/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} must be ${kind === 'number' ? 'a number' : 'JSON'}, got ${text.slice(0, 60)}`);
  }
}
