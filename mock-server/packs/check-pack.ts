import { join } from 'node:path';
import { checkDocument } from './check-document.ts';
import { checkLifecycle } from './check-lifecycle.ts';
import { compilePack } from './compile-pack.ts';
import { Defect, step } from './defect.ts';
import { listOperations } from './document.ts';
import { atPointer, pointerParts } from './expressions.ts';
import type { Finding, Severity } from './finding.ts';
import type { Lifecycle } from './lifecycle.ts';
import { schemaDefects } from './lifecycle-schema.ts';
import {
  applyProfile,
  documentPlace,
  lifecyclePlace,
  type Place,
  placed,
  readDocument,
} from './load-pack.ts';
import type { Pack } from './pack.ts';
import { PackError, type PackProblem } from './pack-error.ts';
import { type Rehearsal, rehearsePack } from './rehearse-pack.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

/** A mistake in a pack, or a warning about it. */
export interface PackFinding extends PackProblem {
  readonly severity: Severity;
}

/** Result of a check of a pack. */
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
 * @throws {CodedError} PACK_UNREADABLE when there is no such pack
 */
export async function checkPack(dir: string): Promise<PackCheck> {
  const notes = createNotes();
  const files = readBoth(dir, notes);
  if (files === null) return { dir, profiles: [], templates: 0, states: 0, problems: notes.sorted() };
  const { file, documentFile } = files;
  const parsed = { lifecycle: file.value as Lifecycle, document: documentFile.value };
  const profiles = Object.keys(parsed.lifecycle.profiles ?? { documented: {} });
  const rehearsals: Omit<Rehearsal, 'unusable'>[] = [];
  for (const profile of profiles) {
    const { lifecycle, document } = applyProfile(parsed, profile);
    const found = await checkProfile(lifecycle, document, { dir, profile, profiles });
    const places = { lifecycle: lifecyclePlace(file, profile), document: documentPlace(files, profile) };
    for (const finding of found.findings) notes.take(finding, places);
    rehearsals.push(found);
  }
  return {
    dir,
    profiles,
    templates: new Set(rehearsals.flatMap(({ templates }) => [...templates])).size,
    states: new Set(rehearsals.flatMap(({ states }) => [...states])).size,
    problems: notes.sorted(),
  };
}

async function checkProfile(
  lifecycle: Lifecycle,
  document: Pack['document'],
  at: Parameters<typeof compilePack>[2],
): Promise<Omit<Rehearsal, 'unusable'>> {
  const findings = await checkDocument(document);
  const compiled = compileThoroughly(lifecycle, document, at);
  findings.push(...compiled.findings);
  const { pack } = compiled;
  if (pack === null) return { findings, templates: new Set(), states: new Set() };
  const { templates, states, ...rehearsed } = rehearsePack(pack, lifecycle);
  // A document with errors has schemas that cannot be used; why, has been said already.
  const isSound = !findings.some(({ severity }) => severity === 'error');
  findings.push(
    ...rehearsed.findings,
    ...(isSound ? rehearsed.unusable : []),
    ...reservations(pack, lifecycle),
  );
  return { findings, templates, states };
}

interface Notes {
  add(severity: Severity, problem: PackProblem): void;
  take(finding: Finding, places: Readonly<Record<Finding['root'], Place>>): void;
  sorted(): PackFinding[];
}

/** Whatever is found again, in another profile, state or alias, is said once. */
function createNotes(): Notes {
  const notes: PackFinding[] = [];
  const said = new Set<string>();
  const keep = (finding: PackFinding, ...essence: string[]): void => {
    if (!essence.some((text) => said.has(text))) notes.push(finding);
    for (const text of essence) said.add(text);
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

/** Both files as they are written; null when one of them is not even that. */
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
  let trial = structuredClone(lifecycle);
  let pack: Pack | null = null;
  for (let defect = tryOut(); defect !== null; defect = tryOut()) {
    const mended = mend(trial, defect, defects.at(-1));
    defects.push(defect);
    if (mended === null) break;
    trial = mended;
  }
  return { pack: defects.length > 0 ? null : pack, findings: defects.map(toFinding) };

  function tryOut(): Defect | null {
    try {
      pack = compilePack(trial, document, at);
      return null;
    } catch (error) {
      if (error instanceof Defect) return error;
      // What a defect already found, or its mending, leads to.
      if (defects.length > 0) return null;
      throw error;
    }
  }
}

/** Puts an expression that is always good where a bad one stood, so that the next defect comes to light. */
function mend(lifecycle: Lifecycle, { pointer, root }: Defect, last: Defect | undefined): Lifecycle | null {
  const inLifecycle = root !== 'document' && typeof atPointer(lifecycle, pointer) === 'string';
  if (!inLifecycle || pointer === last?.pointer) return null;
  const mended = structuredClone(lifecycle);
  const parts = pointerParts(pointer);
  const key = parts.pop() ?? '';
  const holder = atPointer(mended, parts.map(step).join('')) as Record<string, unknown>;
  holder[key] = '$null';
  return mended;
}

function toFinding({ pointer, message, root }: Defect): Finding {
  return { severity: 'error', root: root === 'document' ? 'document' : 'lifecycle', pointer, message };
}

/** What works, but is probably not meant so. */
function reservations(pack: Pack, lifecycle: Lifecycle): Finding[] {
  return [
    ...unclassedFailures(lifecycle),
    ...silentFailures(pack, lifecycle),
    ...unplayedOperations(pack, lifecycle),
  ];
}

function unclassedFailures({ failures = {} }: Lifecycle): Finding[] {
  return Object.entries(failures)
    .filter(([, failure]) => failure.class === undefined)
    .map(([slug]) => warning('lifecycle', `/failures${step(slug)}`, 'this failure has no "class"'));
}

function silentFailures({ operations }: Pack, { failures = {} }: Lifecycle): Finding[] {
  return operations.flatMap((operation) => {
    if (operation.type !== 'submit' || operation.event === null) return [];
    const { event, kind } = operation;
    const states = new Set(Object.values(failures).map(({ state }) => state ?? kind.ends.failure));
    return [...states]
      .filter((state) => !event.bodies.has(state))
      .map((state) =>
        warning(
          'lifecycle',
          `/events${step(event.name)}/bodies`,
          `there is no body for "${state}": a task of kind "${kind.kind}" that ends so calls nobody back`,
        ),
      );
  });
}

function unplayedOperations({ document }: Pack, lifecycle: Lifecycle): Finding[] {
  return listOperations(document)
    .filter(({ id }) => !Object.hasOwn(lifecycle.operations, id))
    .map(({ id, pointer }) =>
      warning('document', pointer, `nothing plays operation "${id}": lifecycle.yaml does not mention it`),
    );
}

function warning(root: Finding['root'], pointer: string, message: string): Finding {
  return { severity: 'warning', root, pointer, message };
}
