import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { CodedError } from '../core/coded-error.ts';
import { checkDocumentShape } from './check-document-shape.ts';
import { checkLifecycle } from './check-lifecycle.ts';
import { checkReferences } from './check-references.ts';
import { compilePack } from './compile-pack.ts';
import { Defect, step } from './defect.ts';
import { atPointer } from './expressions.ts';
import type { Lifecycle } from './lifecycle.ts';
import { schemaDefects } from './lifecycle-schema.ts';
import { mergePatch } from './merge-patch.ts';
import type { Pack } from './pack.ts';
import { PackError } from './pack-error.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { findPrepared, type PreparedPack } from './prepared-packs.ts';
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
  const prepared = findPrepared(dir);
  if (prepared === null) return loadPackAfresh(dir, profile);
  const { chosen, lifecycle, document, profiles } = applyProfile(prepared, profile);
  return compilePack(lifecycle, document, { dir, profile: chosen, profiles, isChecked: true });
}

/** The same, without trusting that anybody has checked it before. */
export function loadPackAfresh(dir: string, profile: string | null = null): Pack {
  const files = readPackFiles(dir);
  const { chosen, lifecycle, document, profiles } = applyProfile(files, profile);
  const place = lifecyclePlace(files.file, chosen);
  refuse(schemaDefects(lifecycle), place);
  refuse(checkLifecycle(lifecycle), place);
  refuse(checkReferences(document), documentPlace(files, chosen));
  try {
    return compilePack(lifecycle, document, { dir, profile: chosen, profiles });
  } catch (error) {
    if (error instanceof Defect)
      refuse([error], error.root === 'document' ? documentPlace(files, chosen) : place);
    throw error;
  }
}

/** Both files of a pack, parsed; the lifecycle has the shape its schema wants. */
export function readPackFiles(
  dir: string,
): PreparedPack & { readonly file: YamlFile; readonly documentFile: YamlFile } {
  const file = readYamlFile(join(dir, 'lifecycle.yaml'));
  refuse(schemaDefects(file.value), file);
  const lifecycle = file.value as Lifecycle;
  const documentFile = readDocument(dir, lifecycle, file);
  return { file, lifecycle, documentFile, document: documentFile.value };
}

/** A pack as one of its profiles reads it. */
export function applyProfile(files: PreparedPack, profile: string | null) {
  const { profiles: patches = { documented: {} } } = files.lifecycle;
  const profiles = Object.keys(patches);
  const chosen = chooseProfile(files.lifecycle.pack, profiles, profile);
  const { lifecycle = {}, document = {} } = patches[chosen] ?? {};
  return {
    chosen,
    profiles,
    lifecycle: mergePatch(files.lifecycle, lifecycle) as Lifecycle,
    document: mergePatch(files.document, document) as OpenAPIV3_1.Document,
  };
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

/** @throws {PackError} when the document does not exist, or is not OpenAPI 3 */
export function readDocument(dir: string, lifecycle: Lifecycle, lifecycleFile: YamlFile): YamlFile {
  const path = join(dir, lifecycle.document);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    refuse([new Defect(`the file "${lifecycle.document}" does not exist`, '/document')], lifecycleFile);
  }
  const file = readYamlFile(path);
  const { openapi, paths } = (file.value ?? {}) as Partial<OpenAPIV3_1.Document>;
  if (typeof openapi !== 'string' || !openapi.startsWith('3.')) {
    refuse([new Defect('expected an OpenAPI 3 document ("openapi: 3.1.0")', '/openapi')], file);
  }
  if (typeof paths !== 'object' || paths === null) {
    refuse([new Defect('expected "paths" with the vendor\'s operations', '/paths')], file);
  }
  refuse(checkDocumentShape(file.value), file);
  return file;
}

/** A value that a profile patched in stands under the profile, not where it takes effect. */
export function lifecyclePlace(file: YamlFile, profile: string): Place {
  return patchedPlace(file, `/profiles${step(profile)}/lifecycle`, file);
}

export function documentPlace(
  { file, documentFile }: { readonly file: YamlFile; readonly documentFile: YamlFile },
  profile: string,
): Place {
  return patchedPlace(file, `/profiles${step(profile)}/document`, documentFile);
}

/** Where the values of a file, or of what a profile makes of it, are looked up. */
export type Place = Pick<YamlFile, 'problemAt'>;

function patchedPlace(file: YamlFile, prefix: string, own: YamlFile): Place {
  return {
    problemAt: (pointer, message) =>
      atPointer(file.value, prefix + pointer) === undefined
        ? own.problemAt(pointer, message)
        : file.problemAt(prefix + pointer, message),
  };
}

function refuse(defects: readonly Defect[], place: Place): void {
  if (defects.length === 0) return;
  throw new PackError(
    defects.map(({ pointer, message }) => place.problemAt(pointer, placed(pointer, message))),
  );
}

/** A message that says which value it is about. */
export function placed(pointer: string, message: string): string {
  return pointer === '' ? message : `${pointer}: ${message}`;
}
