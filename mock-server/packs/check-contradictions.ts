import { Defect, step } from './defect.ts';
import type { Lifecycle, ParentRuleSource, ParentSource } from './lifecycle.ts';

/** What a lifecycle says twice, or in ways that exclude each other. Every name in it is known to refer to something. */
export function checkContradictions(lifecycle: Lifecycle): Defect[] {
  return [
    ...checkTimeZone(lifecycle),
    ...checkSteps(lifecycle),
    ...checkParentRules(lifecycle),
    ...checkSuccessBodies(lifecycle),
    ...checkErrorCodes(lifecycle),
    ...checkDifferences(lifecycle),
  ];
}

function checkTimeZone({ task: { timeZone } }: Lifecycle): Defect[] {
  const [, hours, minutes] = /^[+-](\d{2}):(\d{2})$/.exec(timeZone ?? '') ?? [];
  if (Number(hours ?? 0) <= 14 && Number(minutes ?? 0) <= 59) return [];
  return [new Defect(`"${timeZone}" is no time zone: expected -14:59 to +14:59`, '/task/timeZone')];
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
          ? [new Defect('a step waits for a slot or holds one, not both', `${at}/steps/${index}`)]
          : [],
      ),
      ...endStates
        .filter(([state]) => state !== undefined && states.has(state))
        .map(
          ([state, place]) => new Defect(`"${state}" is a step of kind "${name}", so it is no end`, place),
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

/** Kinds have them, and operations that continue a task of any kind. */
export function parentRulesOf({ kinds, operations }: Lifecycle): { at: string; rule: ParentRuleSource }[] {
  const holders: readonly { at: string; parent: ParentSource | undefined }[] = [
    ...Object.entries(kinds).map(([name, { parent }]) => ({ at: `/kinds${step(name)}/parent`, parent })),
    ...Object.entries(operations).map(([name, operation]) => ({
      at: `/operations${step(name)}/parent`,
      parent: operation.does === 'submit' ? operation.parent : undefined,
    })),
  ];
  return holders.flatMap(({ at, parent }) =>
    Object.entries(parent ?? {}).flatMap(([trouble, rule]) =>
      typeof rule === 'object' ? [{ at: `${at}/${trouble}`, rule }] : [],
    ),
  );
}

/** A forged callback announces a success, whatever becomes of the task. */
function checkSuccessBodies({ operations, events = {}, kinds }: Lifecycle): Defect[] {
  return Object.values(operations).flatMap((operation) => {
    if (operation.does !== 'submit' || operation.event === undefined) return [];
    const success = kinds[operation.kind]?.ends.success;
    const bodies = events[operation.event]?.bodies;
    if (success === undefined || bodies === undefined || Object.hasOwn(bodies, success)) return [];
    const at = `/events${step(operation.event)}/bodies`;
    return [new Defect(`there is no body for "${success}", the success of kind "${operation.kind}"`, at)];
  });
}

function checkErrorCodes({ errors: { codes } }: Lifecycle): Defect[] {
  const seenCodes = new Set<string>();
  const seenRoles = new Set<string>();
  return codes.flatMap(({ code, when = [] }, index) => {
    const defects = [
      ...(seenCodes.has(String(code))
        ? [new Defect(`code ${code} stands here twice`, `/errors/codes/${index}/code`)]
        : []),
      ...when.flatMap((role, position) =>
        seenRoles.has(role)
          ? [new Defect(`"${role}" has a code already`, `/errors/codes/${index}/when/${position}`)]
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
            `there is no profile "${profile}": expected one of ${known.join(', ')}`,
            `/facts/${index}/differs${step(profile)}`,
          ),
      ),
  );
}
