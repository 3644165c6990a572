import { join } from 'node:path';
import { checkLifecycle } from '../check-lifecycle.ts';
import { compilePack } from '../compile-pack.ts';
import { Defect } from '../defect.ts';
import { listOperations } from '../document.ts';
import type { Lifecycle } from '../lifecycle.ts';
import { schemaDefects } from '../lifecycle-schema.ts';
import {
  applyProfile,
  documentPlace,
  lifecyclePlace,
  type Place,
  placed,
  readDocument,
} from '../load-pack.ts';
import type { Pack } from '../pack.ts';
import { PackError, type PackProblem } from '../pack-error.ts';
import { atPointer, pointerParts, step } from '../pointer.ts';
import { readYamlFile, type YamlFile } from '../yaml-file.ts';
import { checkDocument } from './check-document.ts';
import { type DryRun, dryRunPack } from './dry-run-pack.ts';
import type { Finding, Severity } from './finding.ts';

/** A mistake in a pack, or a warning about it. */
export interface PackFinding extends PackProblem {
  readonly severity: Severity;
}

/** Result of checking a pack. */
export interface PackCheck {
  readonly dir: string;
  readonly profiles: readonly string[];
  /** Number of templates that were rendered and validated. */
  readonly templates: number;
  /** Number of states in which they were rendered. */
  readonly states: number;
  readonly problems: readonly PackFinding[];
}

/**
 * Checks a pack for its author: every profile, and every answer and callback that its tasks can give.
 * @throws {CodedError} PACK_UNREADABLE when the pack does not exist
 */
export async function checkPack(dir: string): Promise<PackCheck> {
  const notes = createNotes();
  const files = readBoth(dir, notes);
  if (files === null) return { dir, profiles: [], templates: 0, states: 0, problems: notes.sorted() };
  const { file, documentFile } = files;
  const parsed = { lifecycle: file.value as Lifecycle, document: documentFile.value };
  const profiles = Object.keys(parsed.lifecycle.profiles ?? { documented: {} });
  const runs: Omit<DryRun, 'unusable'>[] = [];
  for (const profile of profiles) {
    const { lifecycle, document } = applyProfile(parsed, profile);
    const found = await checkProfile(lifecycle, document, { dir, profile, profiles });
    const places = { lifecycle: lifecyclePlace(file, profile), document: documentPlace(files, profile) };
    for (const finding of found.findings) notes.take(finding, places);
    runs.push(found);
  }
  return {
    dir,
    profiles,
    templates: new Set(runs.flatMap(({ templates }) => [...templates])).size,
    states: new Set(runs.flatMap(({ states }) => [...states])).size,
    problems: notes.sorted(),
  };
}

async function checkProfile(
  lifecycle: Lifecycle,
  document: Pack['document'],
  at: Parameters<typeof compilePack>[2],
): Promise<Omit<DryRun, 'unusable'>> {
  const findings = await checkDocument(document);
  const compiled = compileThoroughly(lifecycle, document, at);
  findings.push(...compiled.findings);
  const { pack } = compiled;
  if (pack === null) return { findings, templates: new Set(), states: new Set() };
  // Unusable schemas follow from errors in the document, which are already reported.
  const isSound = !findings.some(({ severity }) => severity === 'error');
  const ran = isSound ? dryRunPack(pack, lifecycle) : dryRunUnsound(pack, lifecycle);
  if (ran === null) return { findings, templates: new Set(), states: new Set() };
  const { templates, states, ...dryRun } = ran;
  findings.push(...dryRun.findings, ...(isSound ? dryRun.unusable : []), ...warningsAbout(pack, lifecycle));
  return { findings, templates, states };
}

/** Runs a pack whose document has errors; null when a schema that refers to itself never comes to an end. */
function dryRunUnsound(pack: Pack, lifecycle: Lifecycle): DryRun | null {
  try {
    return dryRunPack(pack, lifecycle);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

interface Notes {
  add(severity: Severity, problem: PackProblem): void;
  take(finding: Finding, places: Readonly<Record<Finding['root'], Place>>): void;
  sorted(): PackFinding[];
}

/** Collects findings, and drops those that repeat in another profile, state or alias. */
function createNotes(): Notes {
  const notes: PackFinding[] = [];
  const seen = new Set<string>();
  const keep = (finding: PackFinding, ...essence: string[]): void => {
    if (!essence.some((text) => seen.has(text))) notes.push(finding);
    for (const text of essence) seen.add(text);
  };
  const placeOf = ({ file, line }: PackProblem, message: string): string => `${file}:${line}: ${message}`;
  return {
    add: (severity, problem) => keep({ ...problem, severity }, placeOf(problem, problem.message)),
    take({ severity, root, pointer, message, shownBy }, places) {
      const full = placed(pointer, message) + (shownBy === undefined ? '' : ` (${shownBy})`);
      const problem = places[root].problemAt(pointer, full);
      keep({ ...problem, severity }, placeOf(problem, message), `${root} ${pointer}: ${message}`);
    },
    sorted: () => [...notes].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
  };
}

/** Reads both files, before any profile is applied; null when one of them cannot be parsed. */
function readBoth(dir: string, notes: Notes): { file: YamlFile; documentFile: YamlFile } | null {
  const file = noting(notes, () => readYamlFile(join(dir, 'lifecycle.yaml')));
  if (file === null) return null;
  const defects = schemaDefects(file.value);
  for (const { pointer, message } of defects)
    notes.add('error', file.problemAt(pointer, placed(pointer, message)));
  const name = atPointer(file.value, '/document');
  if (typeof name !== 'string') return null;
  const documentFile = noting(notes, () => readDocument(dir, file.value as Lifecycle, file));
  return documentFile === null || defects.length > 0 ? null : { file, documentFile };
}

function noting<Result>(notes: Notes, read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    for (const problem of error.problems) notes.add('error', problem);
    return null;
  }
}

function compileThoroughly(
  lifecycle: Lifecycle,
  document: Pack['document'],
  at: Parameters<typeof compilePack>[2],
): { pack: Pack | null; findings: Finding[] } {
  const misshapen = schemaDefects(lifecycle);
  if (misshapen.length > 0) return { pack: null, findings: misshapen.map(toFinding) };
  const defects = checkLifecycle(lifecycle);
  let candidate = structuredClone(lifecycle);
  let pack: Pack | null = null;
  for (let defect = compileOnce(); defect !== null; defect = compileOnce()) {
    const repaired = repair(candidate, defect, defects.at(-1));
    defects.push(defect);
    if (repaired === null) break;
    candidate = repaired;
  }
  return { pack: defects.length > 0 ? null : pack, findings: defects.map(toFinding) };

  function compileOnce(): Defect | null {
    try {
      pack = compilePack(candidate, document, at);
      return null;
    } catch (error) {
      if (error instanceof Defect) return error;
      // Follows from a reported defect, or from its replacement by `repair`.
      if (defects.length > 0) return null;
      throw error;
    }
  }
}

/** Replaces an invalid expression by a valid one, so that compiling again finds the next defect. */
function repair(lifecycle: Lifecycle, { pointer, root }: Defect, last: Defect | undefined): Lifecycle | null {
  const inLifecycle = root !== 'document' && typeof atPointer(lifecycle, pointer) === 'string';
  if (!inLifecycle || pointer === last?.pointer) return null;
  const repaired = structuredClone(lifecycle);
  const parts = pointerParts(pointer);
  const key = parts.pop() ?? '';
  const holder = atPointer(repaired, parts.map(step).join('')) as Record<string, unknown>;
  holder[key] = '$null';
  return repaired;
}

function toFinding({ pointer, message, root }: Defect): Finding {
  return { severity: 'error', root: root === 'document' ? 'document' : 'lifecycle', pointer, message };
}

/** Finds values that work but are probably mistakes. */
function warningsAbout(pack: Pack, lifecycle: Lifecycle): Finding[] {
  return [
    ...unclassedFailures(lifecycle),
    ...silentFailures(pack, lifecycle),
    ...unmockedOperations(pack, lifecycle),
  ];
}

function unclassedFailures({ failures = {} }: Lifecycle): Finding[] {
  return Object.entries(failures)
    .filter(([, failure]) => failure.class === undefined)
    .map(([slug]) => warning('lifecycle', `/failures${step(slug)}`, 'this failure has no "class"'));
}

function silentFailures({ operations }: Pack, { failures = {} }: Lifecycle): Finding[] {
  return operations.flatMap((operation) => {
    if (operation.type !== 'submit') return [];
    // Only the first event must report every end; others may be about progress.
    const { event, kinds } = operation;
    if (event === null) return [];
    return kinds.flatMap((kind) => {
      const states = new Set(Object.values(failures).map(({ state }) => state ?? kind.ends.failure));
      return [...states]
        .filter((state) => !event.bodies.has(state))
        .map((state) =>
          warning(
            'lifecycle',
            `/events${step(event.name)}/bodies`,
            `missing body for "${state}", so a task of kind "${kind.kind}" that ends in it sends no callback`,
          ),
        );
    });
  });
}

function unmockedOperations({ document }: Pack, lifecycle: Lifecycle): Finding[] {
  return listOperations(document)
    .filter(({ id }) => !Object.hasOwn(lifecycle.operations, id))
    .map(({ id, pointer }) =>
      warning(
        'document',
        pointer,
        `operation "${id}" is not mocked, because lifecycle.yaml does not mention it`,
      ),
    );
}

function warning(root: Finding['root'], pointer: string, message: string): Finding {
  return { severity: 'warning', root, pointer, message };
}
