import { readAdminDocument } from './admin-document.ts';
import { type LinkTo, propertyTable, type Schema } from './json-schema.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly schema: Schema;
}

/** Returns `docs/reference/journal.md`, generated from the schemas of `spec/admin.openapi.yaml`. */
export function journalPage(): string {
  const { schemas } = readAdminDocument();
  const entries = journalEntries(schemas);
  const own = new Set(journalSchemas(schemas).map(({ name }) => name));
  const link: LinkTo = (ref) => {
    const name = ref.split('/').at(-1) ?? '';
    return `[${name}](${own.has(name) ? '' : 'admin-api.md'}#${name.toLowerCase()})`;
  };
  return textOf([
    ...pageOf('Journal entries', INTRODUCTION, '[`spec/admin.openapi.yaml`](../../spec/admin.openapi.yaml)'),
    ...table(
      ['type', 'meaning'],
      entries.map(({ name, type, schema }) => [
        `[\`${type}\`](#${name.toLowerCase()})`,
        schema.description ?? '',
      ]),
    ),
    '## Stamp',
    '',
    'The keys of every entry.',
    '',
    ...propertyTable(schemas.Stamp ?? {}, link),
    ...entries.flatMap(({ name, type, schema }) => [
      `## ${name}`,
      '',
      `${code(`"type": "${type}"`)}. ${schema.description ?? ''}`,
      '',
      ...propertyTable(withoutType(schema), link),
    ]),
  ]);
}

const INTRODUCTION = [
  'Everything that happens in a mock is an entry of its journal. Read the journal with `mock.journal.entries()` or',
  '[`GET /__admin/journal`](admin-api.md#list-journal), and follow it with `mock.journal.subscribe()` or',
  '[`GET /__admin/events`](admin-api.md#stream-journal). `stuntdouble start --json` prints one entry per line.',
];

/** Returns the schemas that this page describes. */
export function journalSchemas(schemas: Readonly<Record<string, Schema>>): Pick<Entry, 'name'>[] {
  return [{ name: 'Stamp' }, ...journalEntries(schemas)];
}

function journalEntries(schemas: Readonly<Record<string, Schema>>): Entry[] {
  return (schemas.JournalEntry?.oneOf ?? []).map(({ $ref = '' }) => {
    const name = $ref.split('/').at(-1) ?? '';
    const schema = schemas[name] ?? {};
    const type = schema.properties?.type;
    return { name, type: type === undefined || type === true ? '' : String(type.const), schema };
  });
}

function withoutType(schema: Schema): Schema {
  const { type: _type, ...properties } = schema.properties ?? {};
  return { ...schema, properties };
}
