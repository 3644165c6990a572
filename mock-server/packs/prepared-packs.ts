import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lifecycle } from './lifecycle.ts';
import type { Pack } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** The parsed files of a pack; those that the build stores are valid in every profile. */
export interface PackSource {
  readonly lifecycle: Lifecycle;
  readonly document: unknown;
}

/** What a start needs from a pack before a call addresses it. */
export type PackSummary = Pick<Pack, 'name' | 'title' | 'routes' | 'auth'>;

/** A pack that the build has checked. */
export interface PreparedPack {
  /** Name of its OpenAPI document, relative to its folder. */
  readonly document: string;
  /** Its summary in each profile, in the order of the pack. */
  readonly profiles: Readonly<Record<string, PackSummary>>;
  /** Parses its files. */
  source(): PackSource;
}

/** An entry of the index. `line` is the number of the line with the source, which is parsed on first use only. */
interface PreparedEntry extends Omit<PreparedPack, 'source'> {
  readonly documentDigest: string;
  readonly line: number;
}

interface PreparedFile {
  /** Entries by the digest of lifecycle.yaml. */
  readonly index: Readonly<Record<string, PreparedEntry>>;
  readonly lines: readonly string[];
}

/** The first line is the index; each other line is the source of a pack. */
const FILE = join(PACKAGE_ROOT, 'dist/prepared-packs.json');

let known: PreparedFile | undefined;

/** Finds the prepared files of a folder; null when the build has not stored exactly these bytes. */
export function findPrepared(dir: string): PreparedPack | null {
  known ??= readPrepared();
  const { index, lines } = known;
  const lifecycleText = readText(join(dir, 'lifecycle.yaml'));
  const entry = lifecycleText === null ? undefined : index[digest(lifecycleText)];
  // A file of a previous version does not have lines.
  if (entry?.line === undefined) return null;
  const { document, profiles, documentDigest, line } = entry;
  const documentText = readText(join(dir, document));
  if (documentText === null || digest(documentText) !== documentDigest) return null;
  return { document, profiles, source: () => JSON.parse(lines[line] ?? '') };
}

/** Stores the parsed files of these packs for subsequent starts. */
export function writePrepared(
  packs: readonly (PackSource & Pick<PreparedPack, 'profiles'> & { readonly dir: string })[],
): void {
  const entries = packs.map(({ dir, lifecycle, profiles }, place): [string, PreparedEntry] => {
    const { document } = lifecycle;
    const documentDigest = digest(readFileSync(join(dir, document), 'utf8'));
    const key = digest(readFileSync(join(dir, 'lifecycle.yaml'), 'utf8'));
    return [key, { document, profiles, documentDigest, line: place + 1 }];
  });
  const sources = packs.map(({ lifecycle, document }) => ({ lifecycle, document }));
  const lines = [Object.fromEntries(entries), ...sources].map((value) => JSON.stringify(value));
  writeFileSync(FILE, lines.join('\n'));
  known = undefined;
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

function readPrepared(): PreparedFile {
  const text = readText(FILE);
  try {
    const lines = text?.split('\n') ?? ['{}'];
    return { index: JSON.parse(lines[0] ?? ''), lines };
  } catch {
    return { index: {}, lines: [] };
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
