import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { CodedError } from '../core/coded-error.ts';
import { checkLifecycle } from './check-lifecycle.ts';
import { compilePack } from './compile-pack.ts';
import { Defect } from './defect.ts';
import { atPointer } from './expressions.ts';
import type { Lifecycle } from './lifecycle.ts';
import { schemaDefects } from './lifecycle-schema.ts';
import { mergePatch } from './merge-patch.ts';
import type { Pack } from './pack.ts';
import { PackError } from './pack-error.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** The folders of the packs that come with the package. */
export function builtInPackDirs(): string[] {
  const spec = join(PACKAGE_ROOT, 'spec');
  return readdirSync(spec)
    .sort()
    .map((name) => join(spec, name))
    .filter((dir) => existsSync(join(dir, 'lifecycle.yaml')));
}

/**
 * Reads a pack's folder and compiles one profile of it.
 * @param profile the pack's first profile when null
 * @throws {PackError} with file, line and what was expected for everything that is wrong
 */
export function loadPack(dir: string, profile: string | null = null): Pack {
  const file = readYamlFile(join(dir, 'lifecycle.yaml'));
  refuse(schemaDefects(file.value), file);
  const base = file.value as Lifecycle;
  const profiles = Object.keys(base.profiles ?? { documented: {} });
  const chosen = chooseProfile(base.pack, profiles, profile);
  const patch = base.profiles?.[chosen] ?? {};
  const lifecycle = mergePatch(base, patch.lifecycle ?? {}) as Lifecycle;
  const inProfile = patchedPlace(file, `/profiles/${chosen}/lifecycle`);
  refuse(schemaDefects(lifecycle), inProfile);
  refuse(checkLifecycle(lifecycle), inProfile);
  const document = readDocument(dir, lifecycle, file, patch.document);
  try {
    return compilePack(lifecycle, document, { dir, profile: chosen, profiles });
  } catch (error) {
    if (error instanceof Defect) refuse([error], inProfile);
    throw error;
  }
}

function chooseProfile(pack: string, profiles: readonly string[], wanted: string | null): string {
  const chosen = wanted ?? profiles[0] ?? 'documented';
  if (profiles.includes(chosen)) return chosen;
  throw new CodedError(
    'PROFILE_UNKNOWN',
    `pack "${pack}" has no profile "${chosen}"`,
    `Its profiles are ${profiles.join(', ')}.`,
  );
}

function readDocument(
  dir: string,
  lifecycle: Lifecycle,
  lifecycleFile: YamlFile,
  patch: unknown = {},
): OpenAPIV3_1.Document {
  const path = join(dir, lifecycle.document);
  if (!existsSync(path)) {
    refuse(
      [new Defect(`there is no file ${lifecycle.document} beside this one`, '/document')],
      lifecycleFile,
    );
  }
  const file = readYamlFile(path);
  const { openapi, paths } = (file.value ?? {}) as Partial<OpenAPIV3_1.Document>;
  if (typeof openapi !== 'string' || !openapi.startsWith('3.')) {
    refuse([new Defect('expected an OpenAPI 3 document ("openapi: 3.1.0")', '/openapi')], file);
  }
  if (typeof paths !== 'object' || paths === null) {
    refuse([new Defect('expected "paths" with the vendor\'s operations', '/paths')], file);
  }
  return mergePatch(file.value, patch) as OpenAPIV3_1.Document;
}

/** A value that a profile patched in stands under the profile, not where it takes effect. */
function patchedPlace(file: YamlFile, prefix: string): Pick<YamlFile, 'problemAt'> {
  return {
    problemAt: (pointer, message) =>
      file.problemAt(
        atPointer(file.value, prefix + pointer) === undefined ? pointer : prefix + pointer,
        message,
      ),
  };
}

function refuse(defects: readonly Defect[], file: Pick<YamlFile, 'problemAt'>): void {
  if (defects.length === 0) return;
  throw new PackError(
    defects.map(({ pointer, message }) =>
      file.problemAt(pointer, pointer === '' ? message : `${pointer}: ${message}`),
    ),
  );
}
