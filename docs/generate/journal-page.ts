import { readAdminDocument } from './admin-document.ts';
import { type LinkTo, propertyTable, type Schema } from './json-schema.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly schema: Schema;
}

/** `docs/reference/journal.md`: every type of entry, from the schemas of `spec/admin.openapi.yaml`. */
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
    'Keys that every entry has.',
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
  'Everything that happens in a mock is one entry of its journal. Read it with `mock.journal.entries()`,',
  '[`GET /__admin/journal`](admin-api.md#list-journal), or live with `mock.journal.subscribe()` and',
  '[`GET /__admin/events`](admin-api.md#stream-journal). `stuntdouble start --json` prints one entry per line.',
];

/** The schemas that have their place on this page. */
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
