import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

/** A schema of a pack's document, and the SDK type that it was rebuilt from. */
export interface Pair {
  readonly title: string;
  /** Schema with its references resolved. */
  readonly schema: object;
  /** A TypeScript expression. */
  readonly type: string;
  /** Fields that differ on purpose. */
  readonly except?: readonly string[];
}

const ROOT = join(import.meta.dirname, '../../..');

const HEAD = `
/** The same type with every field required, because types that differ only in optional fields are assignable. */
type Whole<T> = T extends readonly (infer Item)[]
  ? Whole<Item>[]
  : T extends string | number | boolean ? T
  : T extends object ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T;
type Without<T, Names extends string> = T extends unknown ? Omit<T, Names> : never;
`;

/**
 * Returns the TypeScript compiler's errors when either type is assigned to the other.
 * @param imports import statements of the types
 */
export async function differences(imports: readonly string[], pairs: readonly Pair[]): Promise<string[]> {
  const blocks = await Promise.all(pairs.map(blockOf));
  const file = [...imports, HEAD, ...blocks].join('\n');
  const messages = checkTypes(file);
  return messages.map(({ line, message }) => `${titleAt(file, line)}: ${message}`);
}

async function blockOf({ title, schema, type, except = [] }: Pair, index: number): Promise<string> {
  const name = `Schema${index}`;
  const source = await compile({ ...(plain(schema) as object), title: name } as JSONSchema, name, {
    bannerComment: '',
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    format: false,
  });
  const names = except.map((field) => `'${field}'`).join(' | ') || 'never';
  const [fromSchema, fromSdk] = [`Without<${name}, ${names}>`, `Without<${type}, ${names}>`];
  const given = (one: string) => `{} as unknown as ${one}`;
  return `//# ${title}
${source}
export const sdk${index}: ${fromSchema} = ${given(fromSdk)};
export const document${index}: ${fromSdk} = ${given(fromSchema)};
export const wholeSdk${index}: Whole<${fromSchema}> = ${given(`Whole<${fromSdk}>`)};
export const wholeDocument${index}: Whole<${fromSdk}> = ${given(`Whole<${fromSchema}>`)};
`;
}

/** Returns the part of a schema that a type can express, without lengths, patterns, and ranges. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !/^(x-.*|description|format|pattern|default)$/.test(key))
      .map(([key, value]) => [key, key === 'properties' ? mapValues(value, plain) : plain(value)]),
  );
}

function mapValues(values: object, change: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}

interface Complaint {
  /** Starts at 0. */
  readonly line: number;
  readonly message: string;
}

function checkTypes(text: string): Complaint[] {
  // Inside the package, so that the SDKs can be resolved.
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'sdk-types-'));
  try {
    writeFileSync(join(folder, 'compared.mts'), text);
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--skipLibCheck',
      '--allowImportingTsExtensions',
    ];
    const modules = ['--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout, status } = spawnSync(
      process.execPath,
      [tsc, '--ignoreConfig', '--pretty', 'false', ...options, ...modules, join(folder, 'compared.mts')],
      { encoding: 'utf8', cwd: ROOT },
    );
    const found = complaintsIn(stdout);
    // A compiler that could not run has found nothing.
    if (status !== 0 && found.length === 0) throw new Error(`the types were not compared: ${stdout}`);
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function complaintsIn(output: string): Complaint[] {
  const found: Complaint[] = [];
  for (const row of output.split('\n')) {
    const [, line, message = ''] = /^\S+\((\d+),\d+\): error TS\d+: (.*)$/.exec(row) ?? [];
    const last = found.at(-1);
    if (line !== undefined) found.push({ line: Number(line) - 1, message });
    // The last line of an explanation names the field.
    else if (row.startsWith(' ') && last !== undefined)
      found[found.length - 1] = { ...last, message: row.trim() };
  }
  return found;
}

function titleAt(text: string, line: number): string {
  const above = text.split('\n').slice(0, line + 1);
  return above.findLast((row) => row.startsWith('//# '))?.slice(4) ?? 'the imports';
}
