import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Defect, step } from './defect.ts';
import { PACKAGE_ROOT } from './package-root.ts';

let validate: ValidateFunction | undefined;

/** What spec/lifecycle.schema.json has against a lifecycle file. */
export function schemaDefects(lifecycle: unknown): Defect[] {
  validate ??= compileSchema();
  if (validate(lifecycle)) return [];
  return toDefects(validate);
}

/** The errors of a validator's last run, for the author of a pack. */
export function toDefects({ errors }: Pick<ValidateFunction, 'errors'>): Defect[] {
  return (errors ?? []).filter(isTelling).map(toDefect);
}

function compileSchema(): ValidateFunction {
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'spec/lifecycle.schema.json'), 'utf8'));
  // Conditional branches list properties that their `type: object` declares one level up.
  return new Ajv2020({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
}

/** Composition keywords only repeat that something inside them failed. */
function isTelling({ keyword }: ErrorObject): boolean {
  return keyword !== 'if' && keyword !== 'anyOf' && keyword !== 'propertyNames';
}

function toDefect(error: ErrorObject): Defect {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return new Defect(`"${String(params.missingProperty)}" is missing`, error.instancePath);
    case 'additionalProperties':
      return new Defect(
        `"${String(params.additionalProperty)}" is not known here`,
        error.instancePath + step(String(params.additionalProperty)),
      );
    case 'enum':
      return new Defect(
        `expected one of ${(params.allowedValues as unknown[]).join(', ')}, got ${JSON.stringify(error.data)}`,
        error.instancePath,
      );
    default:
      return new Defect(
        `expected something that ${error.message ?? error.keyword}${examples(error)}, got ${JSON.stringify(error.data)}`,
        placeOf(error),
      );
  }
}

function examples({ parentSchema }: ErrorObject): string {
  const given = (parentSchema as { examples?: unknown[] } | undefined)?.examples;
  return given === undefined ? '' : ` (like ${given.join(' or ')})`;
}

/** A name that is no good stands where its key does. */
function placeOf({ instancePath, propertyName }: ErrorObject): string {
  return propertyName === undefined ? instancePath : instancePath + step(propertyName);
}
