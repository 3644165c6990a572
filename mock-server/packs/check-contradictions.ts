import { Defect } from './defect.ts';
import { eventNamesOf } from './event-names.ts';
import { kindNamesOf } from './kind-by-field.ts';
import type { Lifecycle, ParentRuleSource, ParentSource } from './lifecycle.ts';
import { step } from './pointer.ts';
import { statesOf } from './reachable-states.ts';
import { answerPartsOf } from './state-answer.ts';

/** Finds duplicate and contradictory values in a lifecycle. Expects every name in it to be resolved. */
export function checkContradictions(lifecycle: Lifecycle): Defect[] {
  return [
    ...checkTimeZone(lifecycle),
    ...checkSteps(lifecycle),
    ...checkRefusedCancels(lifecycle),
    ...checkParentRules(lifecycle),
    ...checkSuccessBodies(lifecycle),
    ...checkErrorCodes(lifecycle),
    ...checkAliases(lifecycle),
    ...checkDifferences(lifecycle),
    ...checkSignature(lifecycle),
  ];
}

function checkTimeZone({ task: { timeZone } }: Lifecycle): Defect[] {
  const [, hours, minutes] = /^[+-](\d{2}):(\d{2})$/.exec(timeZone ?? '') ?? [];
  if (Number(hours ?? 0) <= 14 && Number(minutes ?? 0) <= 59) return [];
  return [new Defect(`"${timeZone}" is not a time zone; expected -14:59 to +14:59`, '/task/timeZone')];
}

/** Requires that a cancel operation refuses only what it does not allow, with an answer. */
function checkRefusedCancels({ operations, kinds, failures = {} }: Lifecycle): Defect[] {
  const reachable = statesOf(Object.values(kinds), failures);
  return Object.entries(operations).flatMap(([id, operation]) => {
    if (operation.does !== 'cancel') return [];
    const { allowedIn, refused } = operation;
    const at = `/operations${step(id)}`;
    const unused = refused !== undefined && allowedIn === undefined;
    const isBody = typeof refused === 'object' && answerPartsOf(refused) === null;
    return [
      ...(allowedIn ?? []).flatMap((state, index) =>
        reachable.has(state)
          ? []
          : [new Defect(`no task reaches state "${state}"`, `${at}/allowedIn/${index}`)],
      ),
      ...(unused ? [new Defect('"refused" has no effect without "allowedIn"', `${at}/refused`)] : []),
      ...(isBody
        ? [new Defect('expected an HTTP "status" and, optionally, "headers" and "body"', `${at}/refused`)]
        : []),
    ];
  });
}

function checkSteps({ kinds, failures = {} }: Lifecycle): Defect[] {
  return Object.entries(kinds).flatMap(([name, { steps, ends }]) => {
    const at = `/kinds${step(name)}`;
    const states = new Set(steps.map(({ state }) => state));
    const endStates = [
      ...Object.entries(ends).map(([end, state]) => [state, `${at}/ends${step(end)}`] as const),
      ...Object.entries(failures).map(
        ([slug, { state }]) => [state, `/failures${step(slug)}/state`] as const,
      ),
    ];
    return [
      ...steps.flatMap(({ waitsForSlot, holdsSlot }, index) =>
        waitsForSlot && holdsSlot
          ? [new Defect('a step cannot both wait for a slot and hold one', `${at}/steps/${index}`)]
          : [],
      ),
      ...endStates
        .filter(([state]) => state !== undefined && states.has(state))
        .map(
          ([state, place]) =>
            new Defect(`"${state}" is a step of kind "${name}", so it cannot be an end state`, place),
        ),
    ];
  });
}

function checkParentRules(lifecycle: Lifecycle): Defect[] {
  return parentRulesOf(lifecycle).flatMap(({ at, rule }) => {
    if ((rule.refuse === undefined) !== (rule.fail === undefined)) return [];
    const got = rule.fail === undefined ? 'neither' : 'both';
    return [new Defect(`expected either "refuse" or "fail", got ${got}`, at)];
  });
}

/** Returns the parent rules of all kinds, and of all operations that continue a task. */
export function parentRulesOf({ kinds, operations }: Lifecycle): { at: string; rule: ParentRuleSource }[] {
  const holders: readonly { at: string; parent: ParentSource | undefined }[] = [
    ...Object.entries(kinds).map(([name, { parent }]) => ({ at: `/kinds${step(name)}/parent`, parent })),
    ...Object.entries(operations).map(([name, operation]) => ({
      at: `/operations${step(name)}/parent`,
      parent: 'parent' in operation ? operation.parent : undefined,
    })),
  ];
  return holders.flatMap(({ at, parent }) =>
    Object.entries(parent ?? {}).flatMap(([condition, rule]) =>
      typeof rule === 'object' ? [{ at: `${at}/${condition}`, rule }] : [],
    ),
  );
}

/** Requires a success body for the first event of an operation, because a forged callback always reports a success. */
function checkSuccessBodies({ operations, events = {}, kinds }: Lifecycle): Defect[] {
  return Object.values(operations).flatMap((operation) => {
    if (operation.does !== 'submit' && operation.does !== 'derive') return [];
    const [name = ''] = eventNamesOf(operation);
    const event = events[name];
    const at = `/events${step(name)}/bodies`;
    return kindNamesOf(operation).flatMap((kind) => {
      const success = kinds[kind]?.ends.success;
      if (success === undefined || event === undefined) return [];
      const bodies = { ...event.bodies, ...event.bodiesOf?.[kind] };
      if (Object.hasOwn(bodies, success)) return [];
      return [new Defect(`missing body for "${success}", the success state of kind "${kind}"`, at)];
    });
  });
}

function checkErrorCodes({ errors: { codes } }: Lifecycle): Defect[] {
  const seenCodes = new Set<string>();
  const seenRoles = new Set<string>();
  return codes.flatMap(({ code, when = [] }, index) => {
    const defects = [
      ...(seenCodes.has(String(code))
        ? [new Defect(`duplicate code ${code}`, `/errors/codes/${index}/code`)]
        : []),
      ...when.flatMap((role, position) =>
        seenRoles.has(role)
          ? [new Defect(`role "${role}" already has a code`, `/errors/codes/${index}/when/${position}`)]
          : [],
      ),
    ];
    seenCodes.add(String(code));
    for (const role of when) seenRoles.add(role);
    return defects;
  });
}

function checkDifferences({ facts, profiles = { documented: {} } }: Lifecycle): Defect[] {
  const known = Object.keys(profiles);
  return facts.flatMap(({ differs = {} }, index) =>
    Object.keys(differs)
      .filter((profile) => !known.includes(profile))
      .map(
        (profile) =>
          new Defect(
            `profile "${profile}" does not exist; expected one of ${known.join(', ')}`,
            `/facts/${index}/differs${step(profile)}`,
          ),
      ),
  );
}

/** Requires an answer for a repeated alias, and aliases that can be repeated. */
function checkAliases({ task: { aliases, aliasesUnique }, errors }: Lifecycle): Defect[] {
  if (aliasesUnique !== true) return [];
  if (aliases === undefined)
    return [new Defect('"aliasesUnique" has no effect without "aliases"', '/task/aliasesUnique')];
  const isAnswered =
    errors.answers?.duplicateAlias !== undefined ||
    errors.codes.some(({ when = [] }) => when.includes('duplicateAlias'));
  if (isAnswered) return [];
  return [new Defect('the role "duplicateAlias" is required because of "aliasesUnique"', '/errors/codes')];
}

/** The value of the signature, or an expression that may have been meant as it. */
const HAS_VALUE = /\$signature\.(?!(timestamp|expires|nonce|keyId)\b)/;

function checkSignature({ delivery, operations }: Lifecycle): Defect[] {
  const { headers = {}, signature } = delivery ?? {};
  if (signature === undefined) return [];
  const own = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const names = Object.keys(signature.headers);
  const unverifiable =
    !signature.algorithm.startsWith('hmac-') &&
    !Object.values(operations).some(({ does }) => does === 'jwks');
  return [
    ...names
      .filter((name) => own.has(name.toLowerCase()))
      .map(
        (name) =>
          new Defect(
            `"${name}" is also a header of the signature`,
            `/delivery/headers${step(nameIn(headers, name))}`,
          ),
      ),
    // An unknown expression of the signature is reported where it is compiled.
    ...(names.some((name) => HAS_VALUE.test(signature.headers[name] ?? ''))
      ? []
      : [new Defect('no header contains $signature.value', '/delivery/signature/headers')]),
    ...(unverifiable
      ? [
          new Defect(
            `${signature.algorithm} needs an operation with "does: jwks", from which receivers get the public key`,
            '/delivery/signature/algorithm',
          ),
        ]
      : []),
  ];
}

function nameIn(headers: Readonly<Record<string, string>>, wanted: string): string {
  return Object.keys(headers).find((name) => name.toLowerCase() === wanted.toLowerCase()) ?? wanted;
}
