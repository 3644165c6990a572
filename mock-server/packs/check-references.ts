import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect } from './defect.ts';
import { MAX_HOPS, outside, pointerOf } from './document.ts';
import { atPointer, step } from './pointer.ts';
import { keywordProblem, schemaProblem } from './schema-keywords.ts';

/** Keys whose values are data, in which `$ref` and `pattern` have no special meaning. */
const DATA: ReadonlySet<string> = new Set(['example', 'default', 'const', 'enum', 'value']);
/** Keys whose values are maps with names chosen by the author, which may be `$ref` or `pattern`. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'schemas',
]);

type Kind = 'schema' | 'schemas by name' | 'other';

/**
 * Finds invalid references, regular expressions and schema values. Schemas compile when a request first needs them,
 * which is too late to report a defect. A reference must not make the mock read another file or the network.
 */
export function checkReferences(document: OpenAPIV3_1.Document): Defect[] {
  const defects: Defect[] = [];
  const loops = createLoopFinder(document);
  const add = (message: string | null, pointer: string): void => {
    if (message !== null) defects.push(new Defect(message, pointer, 'document'));
  };

  function visit(node: unknown, pointer: string, kind: Kind): void {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      const at = pointer + step(key);
      if (kind === 'schemas by name') visitSchema(value, at);
      else visitKey(key, value, at, kind);
    }
  }

  function visitSchema(value: unknown, at: string): void {
    add(schemaProblem(value), at);
    visit(value, at, 'schema');
  }

  function visitKey(key: string, value: unknown, at: string, kind: Kind): void {
    if (kind === 'schema') add(keywordProblem(key, value), at);
    if (key === '$ref') return add(referenceProblem(document, value) ?? loops.problemOf(value), at);
    if (key === 'pattern') return add(patternProblem(value), at);
    if (key === 'patternProperties') visitNames(value, at);
    if (key === 'schema') add(schemaProblem(value), at);
    if (!isData(key, value)) visit(value, at, kindUnder(key, kind));
  }

  function visitNames(value: unknown, at: string): void {
    for (const name of Object.keys(Object(value))) add(patternProblem(name), at + step(name));
  }

  visit(document, '', 'other');
  return defects;
}

function kindUnder(key: string, kind: Kind): Kind {
  if (key === 'schema') return 'schema';
  return NAMED.has(key) ? 'schemas by name' : kind;
}

function isData(key: string, value: unknown): boolean {
  return DATA.has(key) || key.startsWith('x-') || (key === 'examples' && Array.isArray(value));
}

function referenceProblem(document: OpenAPIV3_1.Document, reference: unknown): string | null {
  const seen = [reference];
  for (;;) {
    const last = seen.at(-1);
    const target = pointerOf(last);
    if (target === null) return outside(last);
    const node = atPointer(document, target);
    if (node === undefined) return `$ref ${JSON.stringify(last)} does not exist in this document`;
    if (typeof node !== 'object' || node === null || !('$ref' in node)) return null;
    if (seen.includes(node.$ref) || seen.length > MAX_HOPS) {
      return `$ref ${JSON.stringify(reference)} is circular: ${[...seen, node.$ref].join(' → ')}`;
    }
    seen.push(node.$ref);
  }
}

/** Keywords whose schemas apply to the same value as the schema that contains them. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'] as const;

/** Finds schemas that are defined only by themselves, which would overflow the stack of a validator. */
function createLoopFinder(document: OpenAPIV3_1.Document): { problemOf(reference: unknown): string | null } {
  // Each schema is visited once, even if many references lead to it.
  const verdicts = new Map<string, boolean>();

  function loops(target: string): boolean {
    const known = verdicts.get(target);
    if (known !== undefined) return known;
    // A schema that is visited again before its verdict is final is part of a loop.
    verdicts.set(target, true);
    const found = referencesInPlace(atPointer(document, target))
      .map(pointerOf)
      .some((next) => next !== null && loops(next));
    verdicts.set(target, found);
    return found;
  }

  return {
    problemOf(reference) {
      const target = pointerOf(reference);
      if (target === null || !loops(target)) return null;
      return `$ref ${JSON.stringify(reference)} refers to a schema that is defined only by itself`;
    },
  };
}

/** Returns the references of a schema that apply to the same value as the schema. */
function referencesInPlace(schema: unknown): unknown[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = '$ref' in schema ? [schema.$ref] : [];
  const inner = Object.entries(schema)
    .filter(([key]) => (IN_PLACE as readonly string[]).includes(key))
    .flatMap(([, value]) => value);
  return [...own, ...inner.flatMap(referencesInPlace)];
}

function patternProblem(pattern: unknown): string | null {
  if (typeof pattern !== 'string') return 'expected a regular expression as a string';
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*\/u?: /s, '');
    return `${JSON.stringify(pattern)} is not a JavaScript regular expression with flag "u": ${reason}`;
  }
}
