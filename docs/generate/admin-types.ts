import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { ROOT } from './root.ts';

/** What the console reads from the admin API. The types that these refer to are generated as well. */
const NEEDED = [
  'Clock',
  'EntryChecks',
  'Hello',
  'JournalEntry',
  'MediaFile',
  'PackFacts',
  'QueuedScenario',
  'Snapshot',
  'Task',
];

const HEAD = `/* Generated from spec/admin.openapi.yaml and spec/report.schema.json; a test checks that it is up to date. */

/* biome-ignore-all format: generated */
`;

const STYLE = { singleQuote: true, printWidth: 110 } as const;

type Schemas = Readonly<Record<string, JSONSchema>>;

/** Generates the TypeScript types of the answers of the admin API and of reports, for the console. */
export async function generateAdminTypes(): Promise<string> {
  const { components } = parse(read('spec/admin.openapi.yaml'));
  const schemas: Schemas = components.schemas;
  const report: JSONSchema = JSON.parse(read('spec/report.schema.json'));
  const types = [HEAD, await typesOf(schemas), await typeOfReport(report), entryTypes(schemas)];
  return `${types.map((text) => text.trim()).join('\n\n')}\n`;
}

async function typesOf(schemas: Schemas): Promise<string> {
  const definitions = Object.fromEntries(
    [...neededOf(schemas)].sort().map((name) => [name, relocated(schemas[name])]),
  );
  const text = await compile({ title: 'Root', definitions }, 'Root', {
    bannerComment: '',
    additionalProperties: false,
    unreachableDefinitions: true,
    style: STYLE,
  });
  return withoutOrigins(text.replace(/^export interface Root \{[^}]*\}\n/m, ''));
}

/** Returns the names of the schemas that the needed ones refer to, and their own. */
function neededOf(schemas: Schemas): Set<string> {
  const found = new Set<string>();
  const waiting = [...NEEDED];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const references = JSON.stringify(schemas[name]).matchAll(/#\/components\/schemas\/(\w+)/g);
    waiting.push(...[...references].map(([, target = '']) => target));
  }
  return found;
}

/** Rewrites references for a document that has its schemas in `definitions`. */
function relocated(schema: JSONSchema | undefined): JSONSchema {
  const text = JSON.stringify(schema).replaceAll('#/components/schemas/', '#/definitions/');
  return JSON.parse(text, (_key, value) =>
    isAnyObject(value) ? { ...value, additionalProperties: true } : value,
  );
}

/** Whether a schema permits any object, whose type would otherwise be `{}`. */
function isAnyObject(schema: JSONSchema | null): boolean {
  const types = [schema?.type ?? []].flat();
  return (
    types.includes('object') &&
    !['properties', 'additionalProperties', 'allOf'].some((key) => key in Object(schema))
  );
}

async function typeOfReport(report: JSONSchema): Promise<string> {
  const text = await compile({ ...report, title: 'SuiteReport' }, 'SuiteReport', {
    bannerComment: '',
    additionalProperties: false,
    style: STYLE,
  });
  return withoutOrigins(text);
}

/** Removes the sentences that the generator adds about where a type is defined. */
function withoutOrigins(text: string): string {
  return text
    .replaceAll(/(?: \*\n)* \* This interface was referenced by [^\n]*\n \* via the [^\n]*\n/g, '')
    .replaceAll(/^\/\*\*\n \*\/\n/gm, '');
}

function entryTypes({ JournalType }: Schemas): string {
  const names = (JournalType?.enum ?? []).map((name) => `  '${name}',`).join('\n');
  return `/** The names of the events on the stream. An EventSource receives only events with a listener for their name. */
export const ENTRY_TYPES: readonly JournalEntry['type'][] = [\n${names}\n];`;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
