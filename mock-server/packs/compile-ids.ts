import { paramsInPath } from '../core/path-with-id.ts';
import type { IdForm, IdShape, KindRules } from '../core/types.ts';
import { Defect, under } from './defect.ts';
import { compileExpression } from './expressions.ts';
import type { IdShapeSource, IdSource, TaskIdSource } from './id-source.ts';
import type { Lifecycle } from './lifecycle.ts';
import { REQUEST_LANGUAGE, type RequestParts } from './request-parts.ts';

/** The ids that clients choose for their tasks. */
export interface TaskAliasRules {
  readonly of: (request: RequestParts) => readonly string[];
  /** Whether a repeated id is refused. */
  readonly areUnique: boolean;
}

const DIGITS = '0123456789';
const LOWER_CASE = 'abcdefghijklmnopqrstuvwxyz';

const ALPHABETS: ReadonlyMap<string, string> = new Map([
  ['hex', `${DIGITS}abcdef`],
  ['base32', `${LOWER_CASE}234567`],
  ['base36', DIGITS + LOWER_CASE],
  ['digits', DIGITS],
  ['alphanumeric', DIGITS + LOWER_CASE.toUpperCase() + LOWER_CASE],
]);

/** Fewer possible ids would be used up by a test. */
const FEWEST_IDS = 1_000_000;

/** Largest number of digits with which every number is exact. */
const EXACT_DIGITS = 15;

/** Compiles the form of an id. @throws {Defect} when it has too few possible values, or is not a number */
export function compileIdForm(source: IdSource): IdForm {
  return typeof source === 'string' ? source : compileShape(source);
}

function compileShape({ prefix = '', alphabet, length, as = 'text' }: IdShapeSource): IdShape {
  const characters = charactersOf(alphabet);
  const isInteger = as === 'integer';
  if (characters.length ** length < FEWEST_IDS) {
    throw new Defect(
      `expected at least ${FEWEST_IDS} possible ids, got ${characters.length ** length}`,
      '/length',
    );
  }
  if (isInteger && (characters !== DIGITS || prefix !== '')) {
    throw new Defect('an integer consists of "digits", without a prefix', '/as');
  }
  if (isInteger && length > EXACT_DIGITS) {
    throw new Defect(`an integer has at most ${EXACT_DIGITS} digits, got ${length}`, '/length');
  }
  return { prefix, characters, length, isInteger };
}

function charactersOf(alphabet: string): string {
  const named = ALPHABETS.get(alphabet);
  if (named !== undefined) return named;
  // Any name that is not known would otherwise be a set of characters.
  const isSet = /^[\w.~-]{10,}$/.test(alphabet) && new Set(alphabet).size === alphabet.length;
  if (isSet) return alphabet;
  const names = [...ALPHABETS.keys()].join(', ');
  throw new Defect(
    `expected ${names}, or at least ten different letters, digits, or characters of "-._~", got "${alphabet}"`,
    '/alphabet',
  );
}

/** Compiles the form of task ids. @throws {Defect} */
export function compileTaskId(source: TaskIdSource): Pick<KindRules, 'idForm' | 'idPath'> {
  if (typeof source === 'string') return { idForm: source, idPath: null };
  const idForm = 'notation' in source ? source.notation : compileShape(source);
  if (!('in' in source)) return { idForm, idPath: null };
  const { in: idPath } = source;
  if (idPath.split('{id}').length !== 2) throw new Defect(`expected "{id}" once, got "${idPath}"`, '/in');
  if (/[{}]/.test(idPath.replaceAll(/\{(?:id|\$request\.path\.[^{}]+)\}/g, ''))) {
    throw new Defect(`expected only "{id}" and "{$request.path.NAME}" in braces, got "${idPath}"`, '/in');
  }
  if (typeof idForm === 'object' && idForm.isInteger) {
    throw new Defect('an id within a path is not an integer', '/as');
  }
  return { idForm, idPath };
}

/** Requires that the path of an operation has the parameters that the ids of its tasks need. @throws {Defect} */
export function checkIdPath({ idPath }: Pick<KindRules, 'idPath'>, path: string, operation: string): void {
  for (const name of paramsInPath(idPath ?? '')) {
    if (path.includes(`{${name}}`) || path.includes(`{+${name}}`)) continue;
    const message = `the path of the operation "${operation}" has no parameter "${name}"`;
    throw new Defect(message, '/task/id/in', 'lifecycle');
  }
}

/** Compiles the places of the ids that clients choose; null without any. @throws {Defect} */
export function compileAliases({ aliases, aliasesUnique = false }: Lifecycle['task']): TaskAliasRules | null {
  if (aliases === undefined) return null;
  const places = aliases.map((place, index) =>
    under(`/aliases/${index}`, () => compileExpression(place, REQUEST_LANGUAGE)),
  );
  return {
    of: (request) => [...new Set(places.map((read) => textOf(read(request))).filter((id) => id !== ''))],
    areUnique: aliasesUnique,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Returns an id as messages contain it. */
export function idInMessages(id: string, form: IdForm): string | number {
  return typeof form === 'object' && form.isInteger ? Number(id) : id;
}
