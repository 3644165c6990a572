import type { Json } from '../core/types.ts';
import { Defect } from './defect.ts';
import { kindNamesOf } from './kind-by-field.ts';
import type { BodiesOfKinds, DeriveSource, Lifecycle } from './lifecycle.ts';
import { step } from './pointer.ts';
import { missing, statesOf, unreachable } from './reachable-states.ts';

type Kinds = Pick<Lifecycle, 'kinds' | 'failures'>;

/** Returns those of the kinds that have one of these names. */
export function kindsNamed(kinds: Lifecycle['kinds'], names: readonly string[]): Lifecycle['kinds'] {
  return Object.fromEntries(Object.entries(kinds).filter(([name]) => names.includes(name)));
}

/** Checks bodies that kinds have of their own: each kind exists and reaches the states. */
export function checkBodiesOfKinds(
  ofKinds: BodiesOfKinds | undefined,
  { kinds, failures }: Kinds,
  at: string,
): Defect[] {
  return Object.entries(ofKinds ?? {}).flatMap(([name, bodies]) => {
    const kind = kinds[name];
    if (kind === undefined) return missing(name, kinds, at + step(name), 'kind');
    return unreachable(Object.keys(bodies), reachedBy(kind, failures), at + step(name));
  });
}

interface BodiesByState {
  readonly shared: Readonly<Record<string, Json>>;
  readonly ofKinds: BodiesOfKinds | undefined;
}

/** Finds states without a body: neither one for all kinds, nor one for each kind that reaches the state. */
export function missingBodies(
  needed: ReadonlySet<string>,
  { shared, ofKinds }: BodiesByState,
  { kinds, failures }: Kinds,
  at: string,
): Defect[] {
  return [...needed]
    .filter((state) => !Object.hasOwn(shared, state))
    .flatMap((state) => {
      if (ofKinds === undefined) return [new Defect(`missing answer for state "${state}"`, `${at}/answers`)];
      return Object.entries(kinds)
        .filter(([, kind]) => reachedBy(kind, failures).has(state))
        .filter(([name]) => !Object.hasOwn(ofKinds[name] ?? {}, state))
        .map(([name]) => new Defect(`missing body for state "${state}" of kind "${name}"`, at));
    });
}

function reachedBy(kind: Lifecycle['kinds'][string], failures: Lifecycle['failures']): Set<string> {
  const states = statesOf([kind], failures ?? {});
  return kind.ends.abandoned === undefined ? states : states.add(kind.ends.abandoned);
}

/** Checks the answers about derived tasks: one for each state that they reach. */
export function checkDerive(source: DeriveSource, { kinds, failures }: Kinds, at: string): Defect[] {
  const own = kindsNamed(kinds, kindNamesOf(source));
  const states = new Set(Object.values(own).flatMap((kind) => [...reachedBy(kind, failures)]));
  return [
    ...missingBodies(
      states,
      { shared: source.answers, ofKinds: source.answersOf },
      { kinds: own, ...(failures === undefined ? {} : { failures }) },
      at,
    ),
    ...unreachable(Object.keys(source.answers), states, `${at}/answers`),
    ...checkBodiesOfKinds(source.answersOf, { kinds: own }, `${at}/answersOf`),
  ];
}
