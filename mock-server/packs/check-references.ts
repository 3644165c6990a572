import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect, step } from './defect.ts';
import { MOST_HOPS, outside, pointerOf } from './document.ts';
import { atPointer } from './expressions.ts';
import { keywordTrouble, schemaTrouble } from './schema-keywords.ts';

/** Keys whose values are data of the document's writer: a `$ref` or `pattern` in there means nothing. */
const DATA: ReadonlySet<string> = new Set(['example', 'default', 'const', 'enum', 'value']);
/** Keys whose values are maps by names that the writer chose, which may be called `$ref` or `pattern`. */
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
 * Finds references, regular expressions and values of schemas that can never work. Schemas compile when a request first
 * needs them, which is too late to find it out; and no reference may make the mock read another file or the network.
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
    add(schemaTrouble(value), at);
    visit(value, at, 'schema');
  }

  function visitKey(key: string, value: unknown, at: string, kind: Kind): void {
    if (kind === 'schema') add(keywordTrouble(key, value), at);
    if (key === '$ref') return add(referenceTrouble(document, value) ?? loops.troubleOf(value), at);
    if (key === 'pattern') return add(patternTrouble(value), at);
    if (key === 'patternProperties') visitNames(value, at);
    if (key === 'schema') add(schemaTrouble(value), at);
    if (!isData(key, value)) visit(value, at, kindUnder(key, kind));
  }

  function visitNames(value: unknown, at: string): void {
    for (const name of Object.keys(Object(value))) add(patternTrouble(name), at + step(name));
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

function referenceTrouble(document: OpenAPIV3_1.Document, reference: unknown): string | null {
  const seen = [reference];
  for (;;) {
    const last = seen.at(-1);
    const target = pointerOf(last);
    if (target === null) return outside(last);
    const node = atPointer(document, target);
    if (node === undefined) return `$ref ${JSON.stringify(last)} refers to nothing in this document`;
    if (typeof node !== 'object' || node === null || !('$ref' in node)) return null;
    if (seen.includes(node.$ref) || seen.length > MOST_HOPS) {
      return `$ref ${JSON.stringify(reference)} leads back to itself: ${[...seen, node.$ref].join(' → ')}`;
    }
    seen.push(node.$ref);
  }
}

/** Keys of schemas that describe the same value as the schema around them. */
const IN_PLACE = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'] as const;

/** Finds schemas that are defined by themselves alone: a validator would follow one until its stack is full. */
function createLoopFinder(document: OpenAPIV3_1.Document): { troubleOf(reference: unknown): string | null } {
  // Each schema is looked at once, however often it is referred to.
  const verdicts = new Map<string, boolean>();

  function loops(target: string): boolean {
    const known = verdicts.get(target);
    if (known !== undefined) return known;
    // Met again before its verdict is known, it is part of a loop.
    verdicts.set(target, true);
    const found = referencesInPlace(atPointer(document, target))
      .map(pointerOf)
      .some((next) => next !== null && loops(next));
    verdicts.set(target, found);
    return found;
  }

  return {
    troubleOf(reference) {
      const target = pointerOf(reference);
      if (target === null || !loops(target)) return null;
      return `$ref ${JSON.stringify(reference)} leads to a schema that is defined by itself alone`;
    },
  };
}

/** The references that a schema applies to the value that it describes itself. */
function referencesInPlace(schema: unknown): unknown[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = '$ref' in schema ? [schema.$ref] : [];
  const inner = Object.entries(schema)
    .filter(([key]) => (IN_PLACE as readonly string[]).includes(key))
    .flatMap(([, value]) => value);
  return [...own, ...inner.flatMap(referencesInPlace)];
}

function patternTrouble(pattern: unknown): string | null {
  if (typeof pattern !== 'string') return 'expected a regular expression as a text';
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*\/u?: /s, '');
    return `${JSON.stringify(pattern)} is not a regular expression: ${reason}. JSON Schema wants the form of JavaScript with the flag "u"`;
  }
}
