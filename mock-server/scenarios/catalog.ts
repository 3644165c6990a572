import { failureName } from '../core/outcome-name.ts';
import type { CallbackFault, MediaFault, StateFault } from '../core/types.ts';
import type { Pack } from '../packs/pack.ts';

/** A scenario with a description. */
export interface ScenarioEntry {
  readonly name: string;
  readonly summary: string;
  /** Names of the packs that have it. */
  readonly packs: readonly string[];
}

export const CALLBACK_FAULTS: Readonly<Record<CallbackFault, string>> = {
  never: 'the callback is never sent',
  late: 'the callback is sent long after the task has ended',
  duplicate: 'the callback is sent again with the same bytes after it was acknowledged',
  'concurrent-duplicate': 'the callback is sent twice at the same instant',
  'before-response': 'the callback arrives before the answer to the submission',
  'lost-ack': 'the first acknowledgement is lost, so the callback is retried',
  malformed: 'a callback that is not JSON is sent before the valid one',
  truncated: 'a callback that is cut off in the middle is sent before the valid one',
  forged: 'a forged callback claims success with different media while the task is running',
};

export const MEDIA_FAULTS: Readonly<Record<MediaFault, string>> = {
  dribble: 'downloads take a minute',
  hang: 'downloads never start',
  '503': 'the first two downloads of each file are answered with 503',
  truncated: 'the first download of each file is cut off in the middle',
  expired: 'the media is marked as expired from the start, and downloads are answered with 410',
};

export const STATE_FAULTS: Readonly<Record<StateFault, string>> = {
  long: 'each state lasts five times as long',
  'back-and-forth': 'the task returns to its previous state, then continues',
  unknown: 'the task passes through an undocumented state',
  unready: 'the task looks finished before its media is available',
};

const SUBMIT_FAULTS = {
  reset: 'the task is accepted, but the connection is reset before the answer',
  slow: 'the task is accepted, but the answer is delayed',
} as const;

const POLL_FAULTS = {
  reset: 'the connection is reset at the first poll; *N for the first N polls, * for every poll',
  truncated: 'the first poll is answered with half of its JSON; *N for the first N polls, * for every poll',
  'not-visible': 'polls do not find the task during its first seconds',
} as const;

/** HTTP statuses that a gateway in front of the vendor returns, with an HTML page instead of the vendor's JSON. */
export const GATEWAY_STATUSES: readonly string[] = ['502', '503', '504'];

/** Lists every scenario of the packs, grouped by what goes wrong. */
export function listScenarios(packs: readonly Pack[]): ScenarioEntry[] {
  const all = packs.map(({ name }) => name);
  const everywhere = (prefix: string, entries: Readonly<Record<string, string>>): ScenarioEntry[] =>
    Object.entries(entries).map(([name, summary]) => ({ name: `${prefix}.${name}`, summary, packs: all }));
  return [
    { name: 'success', summary: 'the task succeeds', packs: all },
    ...byName(packs, failureNames),
    ...byName(packs, (pack) => codeNames(pack, 'submit', 'the submission is answered with')),
    ...everywhere('submit', SUBMIT_FAULTS),
    ...byName(packs, (pack) => codeNames(pack, 'poll', 'the first poll is answered with')),
    ...everywhere('poll', POLL_FAULTS),
    ...byName(packs, courseNames),
    ...everywhere('callback', CALLBACK_FAULTS),
    ...everywhere('media', MEDIA_FAULTS),
  ];
}

type Named = readonly (readonly [name: string, summary: string])[];

function failureNames(pack: Pack): Named {
  return [...pack.failures.values()].map(({ slug, code, summary }) => [
    failureName(slug),
    `the task fails with code ${code}: ${summary}`,
  ]);
}

function courseNames(pack: Pack): Named {
  return Object.entries(STATE_FAULTS)
    .filter(([name]) => supportsState(pack, name as StateFault))
    .map(([name, summary]) => [`state.${name}`, summary]);
}

/** Returns whether tasks of this pack support the `state` scenario. */
export function supportsState({ kinds }: Pack, course: StateFault): boolean {
  const all = [...kinds.values()];
  switch (course) {
    case 'long':
      return true;
    case 'back-and-forth':
      return all.every(({ steps }) => steps.length > 1);
    default:
      return all.every(({ faultStates }) => faultStates[course] !== null);
  }
}

function codeNames({ errors }: Pack, family: string, doing: string): Named {
  return [
    ...errors.codes.map((code) => [`${family}.${code}`, `${doing} code ${code}`] as const),
    ...GATEWAY_STATUSES.filter((status) => !errors.codes.includes(status)).map(
      (status) => [`${family}.${status}`, `${doing} HTTP ${status} from a gateway`] as const,
    ),
  ];
}

function byName(packs: readonly Pack[], namesOf: (pack: Pack) => Named): ScenarioEntry[] {
  const merged = new Map<string, { name: string; summary: string; packs: string[] }>();
  for (const pack of packs) {
    for (const [name, summary] of namesOf(pack)) {
      const entry = merged.get(name);
      if (entry === undefined) merged.set(name, { name, summary, packs: [pack.name] });
      else entry.packs.push(pack.name);
    }
  }
  return [...merged.values()];
}
