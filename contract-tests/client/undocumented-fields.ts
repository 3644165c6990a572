import type { Pack } from '../../mock-server/index.ts';
import { documentPattern, editDistance } from '../../mock-server/internal.ts';
import { bodySchemaOf, branchesOf, type RequestSchema } from './request-schema.ts';

/** An undocumented field of a request body. */
export interface UndocumentedField {
  /** JSON Pointer into the body. */
  readonly at: string;
  /** JSON Pointer of the documented field that it resembles; null when it resembles none. */
  readonly meant: string | null;
}

/** Returns the undocumented fields of a body, at every level for which the document names fields. */
export function undocumentedFields(pack: Pack, operationId: string, body: unknown): UndocumentedField[] {
  return walk(pack, branchesOf(pack, bodySchemaOf(pack, operationId)), body, '');
}

function walk(
  pack: Pack,
  branches: readonly RequestSchema[],
  value: unknown,
  at: string,
): UndocumentedField[] {
  if (Array.isArray(value)) {
    const items = branches.flatMap(({ items }) => branchesOf(pack, items));
    return value.flatMap((item, index) => walk(pack, items, item, `${at}/${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const known = [...new Set(branches.flatMap(({ properties = {} }) => Object.keys(properties)))];
  if (known.length === 0 || branches.some(acceptsAnyName)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (known.includes(name)) {
      const below = branches.flatMap(({ properties }) => branchesOf(pack, properties?.[name]));
      return walk(pack, below, inner, `${at}/${name}`);
    }
    if (branches.some((schema) => hasPattern(schema, name))) return [];
    const meant = meantBy(name, optionalOf(known, branches), value);
    return [{ at: `${at}/${name}`, meant: meant === null ? null : `${at}/${meant}` }];
  });
}

function acceptsAnyName({ additionalProperties }: RequestSchema): boolean {
  return additionalProperties === true || typeof additionalProperties === 'object';
}

function hasPattern({ patternProperties = {} }: RequestSchema, name: string): boolean {
  return Object.keys(patternProperties).some((pattern) => documentPattern(pattern).test(name));
}

/** Returns the optional fields. A misspelled required field already violates the schema. */
function optionalOf(known: readonly string[], branches: readonly RequestSchema[]): string[] {
  const needed = new Set(branches.flatMap(({ required = [] }) => required));
  return known.filter((name) => !needed.has(name));
}

/** Shorter names resemble each other too often. */
const SHORTEST_TYPO = 6;
/** Names of at least this length may have two wrong letters. */
const LONG_NAME = 9;

/** Returns the documented field that was probably meant; null when no name is close or the body already has it. */
function meantBy(name: string, known: readonly string[], siblings: object): string | null {
  const close =
    known.find((one) => bare(one) === bare(name)) ??
    known.find((one) => differsInNumber(bare(one), bare(name))) ??
    known.find((one) => isTypo(bare(name), bare(one)));
  return close === undefined || close in siblings ? null : close;
}

function isTypo(name: string, known: string): boolean {
  if (Math.min(known.length, name.length) < SHORTEST_TYPO) return false;
  // Names that differ in a number, such as frame0 and frame1, are different fields.
  const digits = (text: string): string => text.replaceAll(/\D/g, '');
  return digits(name) === digits(known) && editDistance(name, known) <= (name.length < LONG_NAME ? 1 : 2);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Whether one name is the plural of the other. */
function differsInNumber(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return [`${short}s`, `${short}es`, `${short.replace(/y$/, 'i')}es`].includes(long);
}
