import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { Defect } from './defect.ts';
import { withArticle } from './explain-violation.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { step } from './pointer.ts';

let validate: ValidateFunction | undefined;

/** Validates a lifecycle file against spec/lifecycle.schema.json. */
export function schemaDefects(lifecycle: unknown): Defect[] {
  validate ??= compileSchema();
  if (validate(lifecycle)) return [];
  return toDefects(validate);
}

/** Converts the errors of a validator's last run into defects. */
export function toDefects({ errors }: Pick<ValidateFunction, 'errors'>): Defect[] {
  return (errors ?? []).filter(isRelevant).map(toDefect);
}

function compileSchema(): ValidateFunction {
  const { Ajv2020 } = createRequire(import.meta.url)('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'spec/lifecycle.schema.json'), 'utf8'));
  // Strict checks would reject conditional branches, whose `type: object` is declared one level up.
  return new Ajv2020({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false }).compile(
    schema,
  );
}

/** Errors of composition keywords only repeat that a schema inside them failed. */
function isRelevant({ keyword }: ErrorObject): boolean {
  return keyword !== 'if' && keyword !== 'anyOf' && keyword !== 'propertyNames';
}

function toDefect(error: ErrorObject): Defect {
  const params = error.params as Readonly<Record<string, unknown>>;
  switch (error.keyword) {
    case 'required':
      return new Defect(`"${String(params.missingProperty)}" is missing`, error.instancePath);
    case 'additionalProperties':
      return new Defect(
        `unknown key "${String(params.additionalProperty)}"`,
        error.instancePath + step(String(params.additionalProperty)),
      );
    case 'enum':
      return new Defect(
        `expected one of ${(params.allowedValues as unknown[]).join(', ')}, got ${JSON.stringify(error.data)}`,
        error.instancePath,
      );
    default:
      return new Defect(
        `${requirement(error)}${examples(error)}, got ${JSON.stringify(error.data)}`,
        placeOf(error),
      );
  }
}

function requirement({ keyword, params, message = keyword }: ErrorObject): string {
  if (keyword !== 'type') return message.replace('must NOT', 'must not');
  return `must be ${[params.type].flat().map(withArticle).join(' or ')}`;
}

function examples({ parentSchema }: ErrorObject): string {
  const given = (parentSchema as { examples?: unknown[] } | undefined)?.examples;
  return given === undefined ? '' : ` (for example, ${given.join(' or ')})`;
}

/** Returns the pointer of an error; that of an invalid name is the pointer of its key. */
function placeOf({ instancePath, propertyName }: ErrorObject): string {
  return propertyName === undefined ? instancePath : instancePath + step(propertyName);
}
