import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorObject } from 'ajv';
import { PACKAGE_ROOT } from '../../mock-server/internal.ts';

/** A part of the schema of reports. */
interface ReportSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, ReportSchema>>;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ReportSchema>>;
  readonly additionalProperties?: boolean | ReportSchema;
  readonly items?: ReportSchema;
}

/** A report with its keys in the order of the schema, or the first place that the schema does not allow. */
type ReadResult =
  | { readonly type: 'valid'; readonly value: unknown }
  | {
      readonly type: 'invalid';
      readonly place: string;
      readonly expected: string;
      /** Undefined if the value is missing. */
      readonly actual: unknown;
    };

/** Checks a value against the schema of reports; the value itself is not changed. */
export type ReportReader = (value: unknown) => ReadResult;

/** Keys that are checked separately, or computed from the others. */
const COMPUTED: readonly string[] = ['format', 'summary'];
/** Keys that reports of earlier versions lack. */
const ADDED_LATER: readonly string[] = ['headlines', 'inconclusive'];

/** Compiles `spec/report.schema.json`. */
export function createReportReader(): ReportReader {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const formats = require('ajv-formats') as typeof import('ajv-formats');
  // Unknown keys are dropped, so that programs may add their own.
  const ajv = new Ajv2020({ strict: true, strictTypes: false, removeAdditional: true, verbose: true });
  formats.default(ajv);
  const schema = readableSchema();
  const validate = ajv.compile(schema);
  return (value) => {
    const copy = structuredClone(value);
    if (validate(copy)) return { type: 'valid', value: inOrder(copy, schema, schema) };
    const [error] = validate.errors ?? [];
    return { type: 'invalid', ...explain(error, schema) };
  };
}

function readableSchema(): ReportSchema {
  const file = join(PACKAGE_ROOT, 'spec/report.schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as ReportSchema;
  const optional = [...COMPUTED, ...ADDED_LATER];
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !COMPUTED.includes(name));
  return {
    ...schema,
    required: (schema.required ?? []).filter((name) => !optional.includes(name)),
    properties: Object.fromEntries(properties),
  };
}

/** Returns a valid value with its keys in the order of the schema; keys that it does not name are sorted. */
function inOrder(value: unknown, part: ReportSchema, root: ReportSchema): unknown {
  const { properties = {}, additionalProperties, items } = resolved(part, root);
  if (Array.isArray(value)) return value.map((item) => inOrder(item, items ?? {}, root));
  if (typeof value !== 'object' || value === null) return value;
  const given = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(given).filter((name) => given[name] !== undefined);
  const known = Object.keys(properties).filter((name) => names.includes(name));
  const others = names.filter((name) => !Object.hasOwn(properties, name)).sort();
  const other = typeof additionalProperties === 'object' ? additionalProperties : {};
  return Object.fromEntries([
    ...known.map((name) => [name, inOrder(given[name], properties[name] ?? {}, root)]),
    ...others.map((name) => [name, inOrder(given[name], other, root)]),
  ]);
}

function resolved(part: ReportSchema, root: ReportSchema): ReportSchema {
  const { $ref } = part;
  return $ref === undefined ? part : (root.$defs?.[$ref.replace('#/$defs/', '')] ?? part);
}

/** Returns the place of an error, and the expected and the actual value. */
function explain(error: ErrorObject | undefined, root: ReportSchema) {
  const { instancePath = '', keyword, params, parentSchema, data } = error ?? {};
  const part = (parentSchema ?? {}) as ReportSchema;
  const place = instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, step) => (/^\d+$/.test(step) ? `${path}[${step}]` : joined(path, step)), '');
  if (keyword !== 'required') return { place, expected: describe(part), actual: data };
  const name = String((params as { readonly missingProperty: string }).missingProperty);
  const missing = resolved(part.properties?.[name] ?? {}, root);
  return { place: joined(place, name), expected: describe(missing), actual: undefined };
}

function joined(path: string, step: string): string {
  return path === '' ? step : `${path}.${step}`;
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

/** Describes the values that a part of the schema allows, to continue "must be". */
function describe({ enum: words, format, type = [], description = '' }: ReportSchema): string {
  if (words !== undefined) return words.map((word) => `"${word}"`).join(' or ');
  if (format === 'date-time') return 'an ISO 8601 time such as 2026-01-31T12:00:00.000Z';
  const types = typeof type === 'string' ? [type] : type;
  const unit = /^Milliseconds/.test(description) ? ' of milliseconds' : '';
  return `${types.map((one) => TYPES[one] ?? one).join(' or ')}${unit}`;
}
