import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from './lifecycle.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** A pack's files, parsed and found good in every profile. */
export interface PreparedPack {
  readonly lifecycle: Lifecycle;
  readonly document: unknown;
}

interface Entry extends PreparedPack {
  readonly documentDigest: string;
}

/** By the digest of lifecycle.yaml. Written by the build; reading YAML and checking it is most of a start. */
type PreparedFile = Readonly<Record<string, Entry>>;

const FILE = join(PACKAGE_ROOT, 'dist/prepared-packs.json');

let known: PreparedFile | undefined;

/** The pack of a folder, if the build has prepared these very bytes; null otherwise, and then it must be read. */
export function findPrepared(dir: string): PreparedPack | null {
  known ??= readPrepared();
  const lifecycleText = readText(join(dir, 'lifecycle.yaml'));
  const entry = lifecycleText === null ? undefined : known[digest(lifecycleText)];
  if (entry === undefined) return null;
  const documentText = readText(join(dir, entry.lifecycle.document));
  return documentText !== null && digest(documentText) === entry.documentDigest ? entry : null;
}

/** Writes down what was read from these folders, for later starts. */
export function writePrepared(packs: readonly (PreparedPack & { readonly dir: string })[]): void {
  const entries = packs.map(({ dir, lifecycle, document }): [string, Entry] => {
    const documentDigest = digest(readFileSync(join(dir, lifecycle.document), 'utf8'));
    const key = digest(readFileSync(join(dir, 'lifecycle.yaml'), 'utf8'));
    return [key, { lifecycle, document, documentDigest }];
  });
  writeFileSync(FILE, JSON.stringify(Object.fromEntries(entries)));
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function readPrepared(): PreparedFile {
  const text = readText(FILE);
  try {
    return text === null ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
