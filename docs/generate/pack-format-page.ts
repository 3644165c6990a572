import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LinkTo, propertyTable, type Schema, typeText } from './json-schema.ts';
import { code, pageOf, textOf } from './markdown.ts';
import { ROOT } from './root.ts';

interface LifecycleSchema extends Schema {
  readonly $defs: Readonly<Record<string, Schema>>;
}

/** Returns `docs/reference/pack-format.md`, generated from `spec/lifecycle.schema.json`. */
export function packFormatPage(): string {
  const schema = JSON.parse(
    readFileSync(join(ROOT, 'spec/lifecycle.schema.json'), 'utf8'),
  ) as LifecycleSchema;
  const link: LinkTo = (ref) => {
    const name = ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  };
  return textOf([
    ...pageOf(
      'Pack format',
      [
        'The keys of `lifecycle.yaml`. [Add a vendor](../add-a-vendor.md) explains them with an example, and lists',
        'expressions and codecs. `stuntdouble packs check DIR` checks a folder.',
      ],
      '[`spec/lifecycle.schema.json`](../../spec/lifecycle.schema.json)',
    ),
    '## Top level',
    '',
    ...propertyTable(schema, link),
    ...Object.entries(schema.$defs).flatMap(([name, one]) => definition(name, one, link)),
  ]);
}

function definition(name: string, schema: Schema, link: LinkTo): string[] {
  const variants = (schema.allOf ?? []).flatMap(({ if: condition, then }) =>
    condition === undefined || then === undefined ? [] : [{ condition, then }],
  );
  const properties = propertyTable(schema, link);
  return [
    `## ${name}`,
    '',
    ...(schema.description === undefined ? [] : [schema.description, '']),
    ...(properties.length > 0 ? properties : [`Type: ${typeOf(schema, link)}`, '']),
    ...variants.flatMap(({ condition, then }) => [
      `With ${conditionText(condition)}:`,
      '',
      ...propertyTable(withoutFree(then), link),
    ]),
  ];
}

function typeOf(schema: Schema, link: LinkTo): string {
  const pattern = schema.pattern === undefined ? '' : `, pattern \`${schema.pattern}\``;
  return `${typeText(schema, link)}${pattern}`;
}

function conditionText({ properties = {} }: Schema): string {
  return Object.entries(properties)
    .map(([key, value]) => code(`${key}: ${value === true ? '' : String(value.const)}`))
    .join(' and ');
}

/** Removes the keys that a condition only allows; they are described elsewhere in the schema. */
function withoutFree(schema: Schema): Schema {
  const own = Object.entries(schema.properties ?? {}).filter(([, value]) => value !== true);
  return { ...schema, properties: Object.fromEntries(own) };
}
