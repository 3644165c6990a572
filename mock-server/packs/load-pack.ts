import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { CodedError } from '../core/coded-error.ts';
import { checkDocumentShape } from './check-document-shape.ts';
import { checkLifecycle } from './check-lifecycle.ts';
import { checkReferences } from './check-references.ts';
import { compilePack } from './compile-pack.ts';
import { Defect } from './defect.ts';
import { lazyPack } from './lazy-pack.ts';
import type { Lifecycle } from './lifecycle.ts';
import { schemaDefects } from './lifecycle-schema.ts';
import { mergePatch } from './merge-patch.ts';
import type { Pack } from './pack.ts';
import { PackError } from './pack-error.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { atPointer, step } from './pointer.ts';
import { findPrepared, type PackSource } from './prepared-packs.ts';
import { prepareVocabulary } from './vocabulary.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** Lists the folders of the built-in packs. */
export function builtInPackDirs(): string[] {
  const spec = join(PACKAGE_ROOT, 'spec');
  return readdirSync(spec)
    .sort()
    .map((name) => join(spec, name))
    .filter((dir) => existsSync(join(dir, 'lifecycle.yaml')));
}

/**
 * Reads a pack and compiles one of its profiles. A pack that the build has checked is compiled when it is first used.
 * @param profile name of the profile (default: the first of the pack)
 * @throws {PackError} with the file, line and expectation of each defect
 */
export function loadPack(dir: string, profile: string | null = null): Pack {
  const prepared = findPrepared(dir);
  if (prepared === null) return loadPackAfresh(dir, profile);
  const profiles = Object.keys(prepared.profiles);
  const [{ name = dir } = {}] = Object.values(prepared.profiles);
  const chosen = chooseProfile(name, profiles, profile);
  const summary = prepared.profiles[chosen];
  // A file that a previous version has prepared does not have every part.
  if (summary?.auth === undefined) return loadPackAfresh(dir, profile);
  const documentPath = join(dir, prepared.document);
  const known = { ...summary, dir, profile: chosen, profiles, documentPath };
  const pack = lazyPack(known, () => {
    const { lifecycle, document } = applyProfile(prepared.source(), chosen);
    return compilePack(lifecycle, document, { dir, profile: chosen, profiles, isChecked: true });
  });
  prepareVocabulary(pack, () => prepared.words(chosen));
  return pack;
}

/** Loads a pack like `loadPack`, but ignores files that the build has prepared. */
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

/** Reads and parses both files of a pack, and validates the lifecycle against its schema. */
export function readPackFiles(
  dir: string,
): PackSource & { readonly file: YamlFile; readonly documentFile: YamlFile } {
  const file = readYamlFile(join(dir, 'lifecycle.yaml'));
  refuse(schemaDefects(file.value), file);
  const lifecycle = file.value as Lifecycle;
  const documentFile = readDocument(dir, lifecycle, file);
  return { file, lifecycle, documentFile, document: documentFile.value };
}

/** Applies the patches of a profile to both files of a pack. */
export function applyProfile(files: PackSource, profile: string | null) {
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

/** Reads the OpenAPI document of a pack. @throws {PackError} when it does not exist, or is not OpenAPI 3 */
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

/** Returns where values of the patched lifecycle are: a value from a profile is in the profile. */
export function lifecyclePlace(file: YamlFile, profile: string): Place {
  return patchedPlace(file, `/profiles${step(profile)}/lifecycle`, file);
}

/** Returns where values of the patched document are: a value from a profile is in lifecycle.yaml. */
export function documentPlace(
  { file, documentFile }: { readonly file: YamlFile; readonly documentFile: YamlFile },
  profile: string,
): Place {
  return patchedPlace(file, `/profiles${step(profile)}/document`, documentFile);
}

/** Finds the file and line of a value by its pointer. */
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

/** Prefixes a message with the pointer of its value. */
export function placed(pointer: string, message: string): string {
  return pointer === '' ? message : `${pointer}: ${message}`;
}
