import { code, table } from './markdown.ts';

/** The keywords of JSON Schema that the documents of the project use. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema | true>>;
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
}

/** Converts a reference to a schema into a link. */
export type LinkTo = (ref: string) => string;

/** Describes the type of a value. */
export function typeText(schema: Schema | true, link: LinkTo): string {
  if (schema === true) return 'any';
  if (schema.$ref !== undefined) return link(schema.$ref);
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((value) => code(JSON.stringify(value))).join(', ');
  const { then: thenSchema, else: elseSchema } = schema;
  const branches =
    thenSchema !== undefined && elseSchema !== undefined ? [elseSchema, thenSchema] : undefined;
  const choices = schema.oneOf ?? schema.anyOf ?? branches;
  if (choices !== undefined && schema.type === undefined) {
    return [...new Set(choices.map((one) => typeText(one, link)))].join(' or ');
  }
  if (schema.items !== undefined) return `array of ${typeText(schema.items, link)}`;
  if (typeof schema.additionalProperties === 'object') {
    return `object of ${typeText(schema.additionalProperties, link)}`;
  }
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}

/** Returns a table with a row for each property. Properties of nested objects have names with dots. */
export function propertyTable(schema: Schema, link: LinkTo): string[] {
  return table(['key', 'type', 'required', 'meaning'], propertyRows(schema, link, ''));
}

function propertyRows(schema: Schema, link: LinkTo, prefix: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const own = property === true ? {} : property;
    const row = [
      code(prefix + name),
      typeText(property, link),
      required.has(name) ? 'yes' : '',
      `${own.description ?? ''}${boundsOf(own)}`,
    ];
    return [row, ...nestedRows(own, link, `${prefix}${name}`)];
  });
}

function nestedRows(schema: Schema, link: LinkTo, path: string): string[][] {
  if (schema.properties !== undefined) return propertyRows(schema, link, `${path}.`);
  if (schema.items?.properties !== undefined) return propertyRows(schema.items, link, `${path}[].`);
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && additionalProperties.properties !== undefined) {
    return propertyRows(additionalProperties, link, `${path}.NAME.`);
  }
  return [];
}

function boundsOf({ default: fallback, minimum, maximum, pattern }: Schema): string {
  const words = [
    fallback === undefined ? '' : `default: ${JSON.stringify(fallback)}`,
    minimum === undefined || minimum === 0 ? '' : `at least ${minimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    pattern === undefined ? '' : `pattern \`${pattern}\``,
  ].filter((word) => word !== '');
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
