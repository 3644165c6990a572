import type { ErrorObject } from 'ajv';
import type { OpenAPIV3_1 } from 'openapi-types';
import { pointerOf } from './document.ts';
import { violationOf } from './explain-violation.ts';
import { atPointer } from './expressions.ts';

const CHOICES: ReadonlySet<string> = new Set(['oneOf', 'anyOf']);
const COMPOSITION: ReadonlySet<string> = new Set(['if', 'allOf', ...CHOICES]);

/**
 * Of all errors those that a person can act on. In a choice they are those of the branch that the value comes
 * nearest to; the others only say that their branch is not meant.
 */
export function tellingErrors(errors: readonly ErrorObject[], document: OpenAPIV3_1.Document): ErrorObject[] {
  const elsewhere = new Set<ErrorObject>();
  for (const choice of errors.filter(({ keyword }) => CHOICES.has(keyword))) {
    const branches = branchesOf(choice, errors, document);
    const nearest = branches.reduce(
      (best, branch) => (distance(branch) < distance(best) ? branch : best),
      branches[0] ?? [],
    );
    for (const error of branches.flat()) if (!nearest.includes(error)) elsewhere.add(error);
  }
  const inside = errors.filter((error) => !COMPOSITION.has(error.keyword) && !elsewhere.has(error));
  // A condition that took the wrong turn follows from a value that is wrong by itself.
  const unconditional = inside.filter(({ schemaPath }) => !/\/(then|else)\//.test(schemaPath));
  const telling = withoutEchoes(unconditional.length > 0 ? unconditional : inside);
  return telling.length > 0 ? telling : [violationOf(errors)].filter((error) => error !== undefined);
}

/** A value of the wrong type is wrong in every other way, too. */
function withoutEchoes(errors: readonly ErrorObject[]): ErrorObject[] {
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  return errors.filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath));
}

/** The errors of each branch of a choice. */
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
        // What a branch says of the items of a list is not about the list: the schemas may be the same.
        const own = error.instancePath === choice.instancePath ? inPlace : parts;
        return own.has(holderOf(error, document));
      }),
    )
    .filter((branch) => branch.length > 0);
}

/** The part of the document that an error comes from; that a value must not be there says the map it stands in. */
function holderOf(
  { keyword, parentSchema, schemaPath }: ErrorObject,
  document: OpenAPIV3_1.Document,
): unknown {
  if (keyword !== 'false schema') return parentSchema;
  const pointer = schemaPath.slice(schemaPath.indexOf('#') + 1);
  return atPointer(document, pointer.split('/').slice(0, -2).join('/'));
}

/** A wrong type, or a constant that is another, is a stronger sign than a missing key. */
function distance(branch: readonly ErrorObject[]): number {
  return branch.reduce((sum, { keyword }) => sum + (WEIGHTS[keyword] ?? 1), 0);
}

const WEIGHTS: Readonly<Record<string, number>> = { type: 5, const: 3, enum: 3 };

const IN_PLACE: ReadonlySet<string> = new Set(['$ref', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else']);

/** The schemas that describe the same value as this one. */
function inPlaceOf(
  schema: unknown,
  document: OpenAPIV3_1.Document,
  found: Set<unknown> = new Set(),
): Set<unknown> {
  if (typeof schema !== 'object' || schema === null || found.has(schema)) return found;
  found.add(schema);
  for (const [key, value] of Object.entries(schema).filter(([name]) => IN_PLACE.has(name))) {
    const target = key === '$ref' ? pointerOf(value) : null;
    const beside: unknown = target === null ? value : atPointer(document, target);
    for (const one of Array.isArray(beside) ? beside : [beside]) inPlaceOf(one, document, found);
  }
  return found;
}

/** Every schema inside a schema, behind references, too. */
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
