import type { ErrorObject } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { pointerOf } from './document.ts';
import { violationOf } from './explain-violation.ts';
import { atPointer, step } from './pointer.ts';

const CHOICES: ReadonlySet<string> = new Set(['oneOf', 'anyOf']);
const COMPOSITION: ReadonlySet<string> = new Set(['if', 'allOf', ...CHOICES]);

/**
 * Selects the errors that a person can act on. In a choice, these are the errors of the branch that is closest to the
 * value; other branches fail only because they are not intended.
 */
export function relevantErrors(
  errors: readonly ErrorObject[],
  document: OpenAPIV3_1.Document,
): ErrorObject[] {
  const otherBranches = new Set<ErrorObject>();
  for (const choice of errors.filter(({ keyword }) => CHOICES.has(keyword))) {
    const branches = branchesOf(choice, errors, document);
    const nearest = chosenBranch(choice, branches) ?? nearestOf(branches);
    for (const error of branches.flat()) if (!nearest.includes(error)) otherBranches.add(error);
  }
  const inside = errors.filter((error) => !COMPOSITION.has(error.keyword) && !otherBranches.has(error));
  // An invalid value can select the wrong branch of a condition, so errors outside of conditions take precedence.
  const unconditional = inside.filter(({ schemaPath }) => !/\/(then|else)\//.test(schemaPath));
  const relevant = withoutConsequences(unconditional.length > 0 ? unconditional : inside);
  return relevant.length > 0 ? relevant : [violationOf(errors)].filter((error) => error !== undefined);
}

function nearestOf(branches: readonly ErrorObject[][]): readonly ErrorObject[] {
  return branches.reduce(
    (best, branch) => (distance(branch) < distance(best) ? branch : best),
    branches[0] ?? [],
  );
}

/**
 * Returns the errors of the branch that the discriminator of a choice selects; null without a discriminator. If it
 * selects none, the only error lists its values.
 */
function chosenBranch(
  { parentSchema, instancePath }: ErrorObject,
  branches: readonly ErrorObject[][],
): readonly ErrorObject[] | null {
  const { propertyName } = (parentSchema?.discriminator ?? {}) as { readonly propertyName?: unknown };
  if (typeof propertyName !== 'string') return null;
  const at = instancePath + step(propertyName);
  const mismatchIn = (branch: readonly ErrorObject[]): ErrorObject | undefined =>
    branch.find(
      (error) => error.instancePath === at && (error.keyword === 'const' || error.keyword === 'enum'),
    );
  const chosen = branches.find((branch) => mismatchIn(branch) === undefined);
  if (chosen !== undefined)
    return isMissing(propertyName, chosen) ? chosen.filter(isAbout(propertyName)) : chosen;
  const mismatches = branches.flatMap((branch) => mismatchIn(branch) ?? []);
  const [first] = mismatches;
  if (first === undefined) return null;
  const allowedValues = [...new Set(mismatches.flatMap(valuesOf))];
  // The error stays the same object, because the others are recognized by their identity.
  return [Object.assign(first, { keyword: 'enum', params: { allowedValues } })];
}

function valuesOf({ params }: ErrorObject): unknown[] {
  const { allowedValues, allowedValue } = params as { allowedValues?: unknown[]; allowedValue?: unknown };
  return allowedValues ?? [allowedValue];
}

function isMissing(property: string, branch: readonly ErrorObject[]): boolean {
  return branch.some(isAbout(property));
}

function isAbout(property: string): (error: ErrorObject) => boolean {
  return ({ keyword, params }) => keyword === 'required' && params.missingProperty === property;
}

/** Removes errors that follow from a wrong type. */
function withoutConsequences(errors: readonly ErrorObject[]): ErrorObject[] {
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  return errors.filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath));
}

/** Returns the errors of each branch of a choice. */
function branchesOf(
  choice: ErrorObject,
  errors: readonly ErrorObject[],
  document: OpenAPIV3_1.Document,
): ErrorObject[][] {
  const inside = errors.filter(
    ({ keyword, instancePath }) => !COMPOSITION.has(keyword) && instancePath.startsWith(choice.instancePath),
  );
  return (choice.schema as readonly unknown[])
    .map((branch) => ({ parts: partsOf(branch, document), inPlace: inPlaceOf(branch, document) }))
    .map(({ parts, inPlace }) =>
      inside.filter((error) => {
        // A branch for a list and its items can share schemas, but errors of items are not errors of the list.
        const own = error.instancePath === choice.instancePath ? inPlace : parts;
        return own.has(holderOf(error, document));
      }),
    )
    .filter((branch) => branch.length > 0);
}

/** Returns the part of the document that an error comes from: for a `false` schema, the map that contains it. */
function holderOf(
  { keyword, parentSchema, schemaPath }: ErrorObject,
  document: OpenAPIV3_1.Document,
): unknown {
  if (keyword !== 'false schema') return parentSchema;
  const pointer = schemaPath.slice(schemaPath.indexOf('#') + 1);
  return atPointer(document, pointer.split('/').slice(0, -2).join('/'));
}

/** Returns how far a value is from a branch. A wrong type or constant weighs more than a missing key. */
function distance(branch: readonly ErrorObject[]): number {
  return branch.reduce((sum, { keyword }) => sum + (WEIGHTS[keyword] ?? 1), 0);
}

const WEIGHTS: Readonly<Record<string, number>> = { type: 5, const: 3, enum: 3 };

const IN_PLACE: ReadonlySet<string> = new Set(['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else']);

/** Returns the schemas that apply to the same value as this one. */
function inPlaceOf(
  schema: unknown,
  document: OpenAPIV3_1.Document,
  found: Set<unknown> = new Set(),
): Set<unknown> {
  if (typeof schema !== 'object' || schema === null || found.has(schema)) return found;
  found.add(schema);
  for (const [key, value] of Object.entries(schema).filter(([name]) => IN_PLACE.has(name))) {
    const target = key === '$ref' ? pointerOf(value) : null;
    const applied: unknown = target === null ? value : atPointer(document, target);
    for (const one of Array.isArray(applied) ? applied : [applied]) inPlaceOf(one, document, found);
  }
  return found;
}

/** Returns every schema inside a schema, including those behind references. */
function partsOf(
  schema: unknown,
  document: OpenAPIV3_1.Document,
  found: Set<unknown> = new Set(),
): Set<unknown> {
  if (typeof schema !== 'object' || schema === null || found.has(schema)) return found;
  found.add(schema);
  for (const [key, value] of Object.entries(schema)) {
    const target = key === '$ref' ? pointerOf(value) : null;
    partsOf(target === null ? value : atPointer(document, target), document, found);
  }
  return found;
}
