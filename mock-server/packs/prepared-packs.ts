import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from './lifecycle.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** The parsed files of a pack; those that the build stores are valid in every profile. */
export interface PreparedPack {
  readonly lifecycle: Lifecycle;
  readonly document: unknown;
}

interface PreparedEntry extends PreparedPack {
  readonly documentDigest: string;
}

/** Entries by the digest of lifecycle.yaml. The build writes them, because parsing and checking dominates startup. */
type PreparedFile = Readonly<Record<string, PreparedEntry>>;

const FILE = join(PACKAGE_ROOT, 'dist/prepared-packs.json');

let known: PreparedFile | undefined;

/** Finds the prepared files of a folder; null when the build has not stored exactly these bytes. */
export function findPrepared(dir: string): PreparedPack | null {
  known ??= readPrepared();
  const lifecycleText = readText(join(dir, 'lifecycle.yaml'));
  const entry = lifecycleText === null ? undefined : known[digest(lifecycleText)];
  if (entry === undefined) return null;
  const documentText = readText(join(dir, entry.lifecycle.document));
  return documentText !== null && digest(documentText) === entry.documentDigest ? entry : null;
}

/** Stores the parsed files of these packs for subsequent starts. */
export function writePrepared(packs: readonly (PreparedPack & { readonly dir: string })[]): void {
  const entries = packs.map(({ dir, lifecycle, document }): [string, PreparedEntry] => {
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
