import { Defect } from './defect.ts';
import type { Lifecycle } from './lifecycle.ts';
import { step } from './pointer.ts';

/** Finds a name that does not exist. */
export function missing(
  name: string | undefined,
  known: Readonly<Record<string, unknown>>,
  at: string,
  what: string,
): Defect[] {
  if (name === undefined || Object.hasOwn(known, name)) return [];
  return [
    new Defect(`${what} "${name}" does not exist; expected one of ${Object.keys(known).join(', ')}`, at),
  ];
}

/** Finds states that no task reaches. */
export function unreachable(states: readonly string[], reachable: ReadonlySet<string>, at: string): Defect[] {
  return states
    .filter((state) => !reachable.has(state))
    .map((state) => new Defect(`no task reaches state "${state}"`, at + step(state)));
}

/** Finds a state that no task reaches. */
export function unreachableAt(state: string, reachable: ReadonlySet<string>, at: string): Defect[] {
  return reachable.has(state) ? [] : [new Defect(`no task reaches state "${state}"`, at)];
}

/** Returns the states that tasks of these kinds can reach. */
export function statesOf(
  kinds: readonly Lifecycle['kinds'][string][],
  failures: NonNullable<Lifecycle['failures']>,
): Set<string> {
  return new Set([
    ...kinds.flatMap(({ steps }) => steps.map(({ state }) => state)),
    ...kinds.flatMap(({ faultStates }) => Object.values(faultStates ?? {})),
    ...endsOf(kinds, failures),
  ]);
}

/** Returns the states in which tasks of these kinds can end. */
export function endsOf(
  kinds: readonly Lifecycle['kinds'][string][],
  failures: NonNullable<Lifecycle['failures']>,
): string[] {
  const own = Object.values(failures).flatMap(({ state }) => state ?? []);
  return [
    ...kinds.flatMap(({ ends }) => [
      ends.success,
      ends.failure,
      ...(ends.canceled === undefined ? [] : [ends.canceled]),
    ]),
    ...own,
  ];
}
