import { CodedError } from '../core/coded-error.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { failureName } from '../core/outcome-name.ts';
import { SUCCESS } from '../core/success.ts';
import type {
  CallbackFault,
  MediaFault,
  PollFault,
  Scenario,
  StateFault,
  SubmitFault,
} from '../core/types.ts';
import type { ErrorRole } from '../packs/lifecycle.ts';
import type { Pack } from '../packs/pack.ts';
import {
  CALLBACK_FAULTS,
  GATEWAY_STATUSES,
  listScenarios,
  MEDIA_FAULTS,
  STATE_FAULTS,
  supportsState,
} from './catalog.ts';

/** Parses a name such as `fail.nsfw+callback.duplicate` for one pack. */
export type ParseScenario = (name: string) => Scenario;

/** Creates a parser that parses each name once, so that tasks with the same scenario share one object. */
export function createScenarioParser(pack: Pack): ParseScenario {
  const known = new Map<string, Scenario>([['success', SUCCESS]]);
  return (name) => {
    const parsed = known.get(name) ?? parseScenario(name, pack);
    // Names come from requests, so the cache must be bounded.
    if (known.size < 1000) known.set(name, parsed);
    return parsed;
  };
}

/** Names come from requests, and each part takes time to parse. */
const LONGEST_NAME = 1000;

/** Parses the name of a scenario. @throws {CodedError} SCENARIO_UNKNOWN if it is unknown, with similar names */
export function parseScenario(name: string, pack: Pack): Scenario {
  if (name.length > LONGEST_NAME) throw unknownScenario(name, [pack]);
  const parts = name.split('+').map((part) => part.trim());
  let scenario: Scenario = SUCCESS;
  for (const part of parts) {
    const change = readPart(part, pack);
    if (change === null) throw unknownScenario(part, [pack]);
    rejectConflict(scenario, change, name, part);
    scenario = { ...scenario, ...change, polls: [...scenario.polls, ...(change.polls ?? [])] };
  }
  return Object.freeze({ ...scenario, name });
}

/** Creates the error for an unknown scenario, with similar names of the packs. */
export function unknownScenario(name: string, packs: readonly Pack[]): CodedError {
  const names = listScenarios(packs).map((entry) => entry.name);
  return new CodedError(
    'SCENARIO_UNKNOWN',
    `unknown scenario "${name.slice(0, 80)}"`,
    `${didYouMean(name, names, '')} Run "stuntdouble scenarios" for the full list.`.trimStart(),
  );
}

/**
 * Rejects a name that none of the packs accepts: because of one part, or because its parts exclude each other.
 * @throws {CodedError} SCENARIO_UNKNOWN
 */
export function rejectForAll(name: string, packs: readonly Pack[]): never {
  if (name.length > LONGEST_NAME) throw unknownScenario(name, packs);
  const parts = name.split('+').map((part) => part.trim());
  const owners = parts.map((part) => packs.filter((pack) => readPart(part, pack) !== null));
  const complete = packs.find((pack) => owners.every((some) => some.includes(pack)));
  // It has all parts, so its error names the conflict between them.
  if (complete !== undefined) parseScenario(name, complete);
  const unknown = parts.find((_part, index) => owners[index]?.length === 0);
  if (unknown !== undefined) throw unknownScenario(unknown, packs);
  throw new CodedError(
    'SCENARIO_UNKNOWN',
    `"${name}" combines scenarios of different vendors`,
    'Combine scenarios of one vendor. Run "stuntdouble scenarios" for the full list.',
  );
}

/**
 * Creates the error for a scenario that only other packs have: it names these packs and the equivalent scenarios of
 * this pack. @returns null if the scenario is unknown to the other packs as well
 */
export function scenarioOfOtherPack(name: string, pack: Pack, packs: readonly Pack[]): CodedError | null {
  const parts = name.slice(0, LONGEST_NAME).split('+');
  const part = parts.map((one) => one.trim()).find((one) => readPart(one, pack) === null);
  const owners = part === undefined ? [] : packs.filter((other) => readPart(part, other) !== null);
  if (part === undefined || owners.length === 0) return null;
  const alike = sameMeaning(part, pack, owners).slice(0, 3);
  return new CodedError(
    'SCENARIO_UNKNOWN',
    `"${part.slice(0, 80)}" is a scenario of ${owners.map((other) => other.name).join(', ')} but not of ${pack.name}`,
    alike.length > 0
      ? `Use ${alike.join(' or ')} instead. Run "stuntdouble scenarios" for the full list.`
      : 'Run "stuntdouble scenarios" for the full list.',
  );
}

/** Returns the failures of the same class, or else of the same code; for error codes, the code with the same role. */
function sameMeaning(part: string, pack: Pack, owners: readonly Pack[]): string[] {
  const dot = part.indexOf('.');
  const family = part.slice(0, dot);
  const name = part.slice(dot + 1).replace(/\*\d*$/, '');
  if (family === 'fail') {
    const theirs = owners.flatMap((owner) => owner.failures.get(name) ?? []);
    const ours = [...pack.failures.values()];
    const sameClass = ours.filter((own) =>
      theirs.some((their) => own.class !== null && own.class === their.class),
    );
    const sameCode = ours.filter((own) => theirs.some((their) => String(own.code) === String(their.code)));
    return (sameClass.length > 0 ? sameClass : sameCode).map(({ slug }) => failureName(slug));
  }
  const codes = ROLES.filter((role) => owners.some(({ errors }) => errors.codeOf(role) === name)).flatMap(
    (role) => pack.errors.codeOf(role) ?? [],
  );
  return [...new Set(codes)].map((code) => `${family}.${code}`);
}

/** The roles by which error codes of different vendors are matched. */
const ROLES: readonly ErrorRole[] = [
  'unauthorized',
  'invalid',
  'rateLimited',
  'maintenance',
  'mediaUnreachable',
  'unknownTask',
  'internal',
];

type Change = Partial<Scenario>;

function readPart(part: string, pack: Pack): Change | null {
  if (part === 'success') return {};
  const dot = part.indexOf('.');
  const name = part.slice(dot + 1);
  switch (part.slice(0, dot)) {
    case 'fail':
      return pack.failures.has(name) ? { failure: name } : null;
    case 'submit':
      return submitFault(name, pack);
    case 'poll':
      return pollFault(name, pack);
    case 'state': {
      const course = Object.hasOwn(STATE_FAULTS, name) ? (name as StateFault) : null;
      return course !== null && supportsState(pack, course) ? { course } : null;
    }
    case 'callback':
      return Object.hasOwn(CALLBACK_FAULTS, name) ? { callback: name as CallbackFault } : null;
    case 'media':
      return Object.hasOwn(MEDIA_FAULTS, name) ? { media: name as MediaFault } : null;
    default:
      return null;
  }
}

function submitFault(name: string, pack: Pack): Change | null {
  const fault: SubmitFault | null =
    name === 'reset' || name === 'slow'
      ? { type: name }
      : isCode(name, pack)
        ? { type: 'code', code: name }
        : null;
  return fault === null ? null : { submit: fault };
}

function pollFault(name: string, pack: Pack): Change | null {
  if (name === 'not-visible') return { hidden: true };
  const [, what = '', star, count] = /^([^*]+)(\*([1-9]\d{0,3})?)?$/.exec(name) ?? [];
  const times = star === undefined ? 1 : count === undefined ? null : Number(count);
  const fault: PollFault | null =
    what === 'reset' || what === 'truncated'
      ? { type: what, times }
      : isCode(what, pack)
        ? { type: 'code', code: what, times }
        : null;
  return fault === null ? null : { polls: [fault] };
}

function isCode(name: string, { errors }: Pack): boolean {
  return errors.codes.includes(name) || GATEWAY_STATUSES.includes(name);
}

/** Rejects a second scenario of the same kind. Only polls may have several faults, one after the other. */
function rejectConflict(current: Scenario, change: Change, whole: string, part: string): void {
  for (const family of ['failure', 'submit', 'callback', 'media', 'course'] as const) {
    if (current[family] === null || change[family] === undefined) continue;
    throw new CodedError(
      'SCENARIO_UNKNOWN',
      `"${whole}" combines scenarios that exclude each other; "${part}" is the second of its kind`,
      'Combine at most one fail, submit, state, callback and media scenario each; any number of poll scenarios is allowed.',
    );
  }
}
