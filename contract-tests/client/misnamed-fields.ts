import { documentPattern, editDistance, type Pack } from '../../mock-server/index.ts';
import { bodySchemaOf, branchesOf, type Schema } from './request-schema.ts';

/** A field of a body that the document does not have. */
export interface StrangeField {
  /** JSON Pointer into the body. */
  readonly at: string;
  /** The documented name that it resembles, as a JSON Pointer; null when it resembles none. */
  readonly meant: string | null;
}

/** The fields of a body that its operation does not document, at every level at which the document names any. */
export function strangeFields(pack: Pack, operationId: string, body: unknown): StrangeField[] {
  return walk(pack, branchesOf(pack, bodySchemaOf(pack, operationId)), body, '');
}

function walk(pack: Pack, branches: readonly Schema[], value: unknown, at: string): StrangeField[] {
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

function acceptsAnyName({ additionalProperties }: Schema): boolean {
  return additionalProperties === true || typeof additionalProperties === 'object';
}

function hasPattern({ patternProperties = {} }: Schema, name: string): boolean {
  return Object.keys(patternProperties).some((pattern) => documentPattern(pattern).test(name));
}

/** What must be there is missed by the schema itself. */
function optionalOf(known: readonly string[], branches: readonly Schema[]): string[] {
  const needed = new Set(branches.flatMap(({ required = [] }) => required));
  return known.filter((name) => !needed.has(name));
}

/** Names as short as this are too easily mistaken for others. */
const SHORTEST_TYPO = 6;
/** Names from here on may have two letters wrong. */
const LONG_NAME = 9;

/** The documented field that was meant; null when there is none, or when it is there, too. */
function meantBy(name: string, known: readonly string[], siblings: object): string | null {
  const close =
    known.find((one) => bare(one) === bare(name)) ??
    known.find((one) => differsInNumber(bare(one), bare(name))) ??
    known.find((one) => isTypo(bare(name), bare(one)));
  return close === undefined || close in siblings ? null : close;
}

function isTypo(name: string, known: string): boolean {
  if (Math.min(known.length, name.length) < SHORTEST_TYPO) return false;
  // frame0 and frame1 are two fields, and neither is a slip.
  const digits = (text: string): string => text.replaceAll(/\D/g, '');
  return digits(name) === digits(known) && editDistance(name, known) <= (name.length < LONG_NAME ? 1 : 2);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}

/** Whether one is the plural of the other. */
function differsInNumber(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return [`${short}s`, `${short}es`, `${short.replace(/y$/, 'i')}es`].includes(long);
}
