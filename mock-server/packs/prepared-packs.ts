import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Lifecycle } from './lifecycle.ts';
import type { Pack } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** The parsed files of a pack; those that the build stores are valid in every profile. */
export interface PackSource {
  readonly lifecycle: Lifecycle;
  readonly document: unknown;
}

/** What a start needs from a pack before a call addresses it, and what is needed to tell whether a call does. */
export type PackSummary = Pick<Pack, 'name' | 'title' | 'routes' | 'auth' | 'reach' | 'notMocked' | 'traits'>;

export function summaryOf({ name, title, routes, auth, reach, notMocked, traits }: Pack): PackSummary {
  return { name, title, routes, auth, reach, notMocked, traits };
}

/** A pack that the build has checked. */
export interface PreparedPack {
  /** Name of its OpenAPI document, relative to its folder. */
  readonly document: string;
  /** Its summary in each profile, in the order of the pack. */
  readonly profiles: Readonly<Record<string, PackSummary>>;
  /** Reads its parsed files. */
  source(): PackSource;
  /** Reads the words in a profile of its document; null when they are not available. */
  words(profile: string): ReadonlySet<string> | null;
}

/** A file of a pack, as it was when the build read it. */
interface FileStamp {
  readonly bytes: number;
  readonly digest: string;
}

interface PreparedEntry {
  readonly document: string;
  readonly profiles: readonly string[];
  /** The summary of each profile; a profile that is missing here has the summary of the first. */
  readonly summaries: Readonly<Record<string, PackSummary>>;
  readonly lifecycleStamp: FileStamp;
  readonly documentStamp: FileStamp;
}

interface PreparedIndex {
  /** Time at which the build wrote the index; files of packs that changed later are compared in full. */
  readonly writtenAt: number;
  /** Entries by the name of the folder. */
  readonly entries: Readonly<Record<string, PreparedEntry>>;
}

/** Has an index of all packs, which a start reads, and a file for each, which is read when the pack is first used. */
const FOLDER = join(PACKAGE_ROOT, 'dist/prepared-packs');
const INDEX = join(FOLDER, 'index.json');
const SPEC = join(PACKAGE_ROOT, 'spec');
const WORDS = join(FOLDER, 'words.json');
const LIFECYCLE = 'lifecycle.yaml';

let known: PreparedIndex | undefined;

/** Finds the prepared files of a folder; null when the build has not stored exactly these bytes. */
export function findPrepared(dir: string): PreparedPack | null {
  known ??= readIndex();
  const found = dirname(dir) === SPEC ? builtIn(dir, known) : sameBytes(dir, known);
  if (found === null) return null;
  const [folder, { document, profiles, summaries }] = found;
  if (!ahead.has(folder)) ahead.set(folder, null);
  const first = summaries[profiles[0] ?? ''];
  return {
    document,
    profiles: Object.fromEntries(
      profiles.flatMap((profile) => {
        const summary = summaries[profile] ?? first;
        return summary === undefined ? [] : [[profile, summary]];
      }),
    ),
    source: () => JSON.parse(sourceText(folder)),
    words: (profile) => wordsOf(folder, profile),
  };
}

/** Words of packs by folder and profile. The packs have many words in common, so they are positions in one list. */
interface PreparedWords {
  readonly words: readonly string[];
  readonly packs: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** Read when it is first needed. */
let preparedWords: PreparedWords | null | undefined;

function wordsOf(folder: string, profile: string): ReadonlySet<string> | null {
  preparedWords ??= parsed<PreparedWords>(readBytes(WORDS));
  const positions = preparedWords?.packs[folder]?.[profile];
  return positions === undefined ? null : new Set(positions.map((at) => preparedWords?.words[at] ?? ''));
}

function writeWords(packs: readonly ToPrepare[]): void {
  const positions = new Map<string, number>();
  const positionOf = (word: string): number => {
    if (!positions.has(word)) positions.set(word, positions.size);
    return positions.get(word) ?? 0;
  };
  const listed = packs.map(({ dir, words }) => [
    basename(dir),
    Object.fromEntries(Object.entries(words).map(([profile, own]) => [profile, [...own].map(positionOf)])),
  ]);
  replaceFile(WORDS, { words: [...positions.keys()], packs: Object.fromEntries(listed) });
}

/** Texts of files that were read ahead; null for those that are still to be read. */
const ahead = new Map<string, string | null>();

function sourceText(folder: string): string {
  const text = ahead.get(folder) ?? readFileSync(fileOf(folder), 'utf8');
  ahead.set(folder, text);
  return text;
}

/** Reads the files of all packs that were found, while file descriptors are available. */
export function readPreparedAhead(): void {
  for (const folder of ahead.keys()) sourceText(folder);
}

type FoundEntry = readonly [folder: string, entry: PreparedEntry];

/** Checks a built-in pack without reading its files, so that a start takes the same time with many of them. */
function builtIn(dir: string, index: PreparedIndex): FoundEntry | null {
  const folder = basename(dir);
  const entry = index.entries[folder];
  if (entry === undefined) return null;
  const isUnchanged = stampedFiles(dir, entry).every(([path, { bytes }]) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.size === bytes && stat.mtimeMs <= index.writtenAt;
  });
  return isUnchanged || hasBytesOf(dir, entry) ? [folder, entry] : null;
}

function sameBytes(dir: string, index: PreparedIndex): FoundEntry | null {
  const lifecycle = readBytes(join(dir, LIFECYCLE));
  if (lifecycle === null) return null;
  const digest = digestOf(lifecycle);
  const found = Object.entries(index.entries).find(([, entry]) => entry.lifecycleStamp.digest === digest);
  return found !== undefined && hasBytesOf(dir, found[1]) ? found : null;
}

function hasBytesOf(dir: string, entry: PreparedEntry): boolean {
  return stampedFiles(dir, entry).every(([path, stamp]) => {
    const bytes = readBytes(path);
    return bytes !== null && bytes.length === stamp.bytes && digestOf(bytes) === stamp.digest;
  });
}

function stampedFiles(dir: string, { document, lifecycleStamp, documentStamp }: PreparedEntry) {
  return [
    [join(dir, LIFECYCLE), lifecycleStamp],
    [join(dir, document), documentStamp],
  ] as const;
}

/** A pack that the build has checked, with its words by profile. */
interface ToPrepare extends PackSource, Pick<PreparedPack, 'profiles'> {
  readonly dir: string;
  readonly words: Readonly<Record<string, ReadonlySet<string>>>;
}

/** Stores the parsed files of these packs for subsequent starts. */
export function writePrepared(packs: readonly ToPrepare[]): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const { dir, lifecycle, document } of packs)
    replaceFile(fileOf(basename(dir)), { lifecycle, document });
  const entries = packs.map(({ dir, lifecycle: { document }, profiles }): FoundEntry => {
    const stamps = {
      lifecycleStamp: stampOf(join(dir, LIFECYCLE)),
      documentStamp: stampOf(join(dir, document)),
    };
    return [
      basename(dir),
      { document, profiles: Object.keys(profiles), summaries: distinct(profiles), ...stamps },
    ];
  });
  const index: PreparedIndex = { writtenAt: Date.now(), entries: Object.fromEntries(entries) };
  replaceFile(INDEX, index);
  writeWords(packs);
  const kept = [INDEX, WORDS, ...packs.map(({ dir }) => fileOf(basename(dir)))];
  for (const name of readdirSync(FOLDER)) if (!kept.includes(join(FOLDER, name))) rmSync(join(FOLDER, name));
  known = undefined;
  preparedWords = undefined;
}

/** Replaces a file at once, because other processes may read it. */
function replaceFile(path: string, value: unknown): void {
  const next = join(PACKAGE_ROOT, `dist/.${process.pid}-${basename(path)}`);
  writeFileSync(next, JSON.stringify(value));
  renameSync(next, path);
}

/** Leaves out summaries that equal the first, because most profiles do not change them. */
function distinct(profiles: PreparedPack['profiles']): Record<string, PackSummary> {
  const [first, ...others] = Object.entries(profiles);
  if (first === undefined) return {};
  const text = JSON.stringify(first[1]);
  return Object.fromEntries([first, ...others.filter(([, summary]) => JSON.stringify(summary) !== text)]);
}

function stampOf(path: string): FileStamp {
  const bytes = readFileSync(path);
  return { bytes: bytes.length, digest: digestOf(bytes) };
}

function fileOf(folder: string): string {
  return join(FOLDER, `${folder}.pack.json`);
}

function digestOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

function readIndex(): PreparedIndex {
  return parsed<PreparedIndex>(readBytes(INDEX)) ?? { writtenAt: 0, entries: {} };
}

/** Returns the content of a file that the build wrote; null when it does not exist or was damaged. */
function parsed<Content>(bytes: Buffer | null): Content | null {
  try {
    return bytes === null ? null : JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function readBytes(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
