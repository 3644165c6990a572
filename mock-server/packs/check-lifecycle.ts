import { checkContradictions, parentRulesOf } from './check-contradictions.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkBodiesOfKinds, checkDerive, kindsNamed, missingBodies } from './check-kinds.ts';
import { Defect } from './defect.ts';
import { eventNamesOf } from './event-names.ts';
import { kindNamesOf, kindPlacesOf, ownKindsOf, statesWithBody } from './kind-by-field.ts';
import type { CancelSource, ErrorRole, EventSource, Lifecycle, ListSource, PollSource } from './lifecycle.ts';
import { atPointer, step } from './pointer.ts';
import { endsOf, missing, statesOf, unreachable, unreachableAt } from './reachable-states.ts';

const NEEDED_ROLES: readonly ErrorRole[] = ['unauthorized', 'invalid', 'unknownTask'];

/** Finds defects that the schema cannot express: unknown names, states without an answer, facts about missing values. */
export function checkLifecycle(lifecycle: Lifecycle): Defect[] {
  return [
    ...checkKinds(lifecycle),
    ...checkOperations(lifecycle),
    ...checkEvents(lifecycle),
    ...checkMessagePages(lifecycle),
    ...checkErrorRoles(lifecycle),
    ...checkFacts(lifecycle),
    ...checkContradictions(lifecycle),
    ...checkDelivery(lifecycle),
  ];
}

function checkKinds(lifecycle: Lifecycle): Defect[] {
  const { kinds, failures = {}, limits, task } = lifecycle;
  const slug = limits?.concurrencyFailure;
  const parents = parentRulesOf(lifecycle).flatMap(({ at, rule }) =>
    missing(rule.fail, failures, `${at}/fail`, 'failure'),
  );
  const media = Object.entries(task.media ?? {}).flatMap(([name, { kinds: yielding = [], readyIn = [] }]) => {
    const at = `/task/media${step(name)}`;
    const states = statesOf(Object.values(kinds), failures);
    return [
      ...yielding.flatMap((kind, index) => missing(kind, kinds, `${at}/kinds/${index}`, 'kind')),
      ...readyIn.flatMap((state, index) => unreachableAt(state, states, `${at}/readyIn/${index}`)),
    ];
  });
  return [...parents, ...media, ...missing(slug, failures, '/limits/concurrencyFailure', 'failure')];
}

function checkOperations(lifecycle: Lifecycle): Defect[] {
  const { operations, kinds, events = {} } = lifecycle;
  return Object.entries(operations).flatMap(([id, operation]) => {
    const at = `/operations${step(id)}`;
    if (operation.does === 'submit' || operation.does === 'derive') {
      return [
        ...(operation.does === 'derive' ? checkDerive(operation, lifecycle, at) : []),
        ...kindPlacesOf(operation).flatMap(({ name, pointer }) => missing(name, kinds, at + pointer, 'kind')),
        ...eventNamesOf(operation).flatMap((event) => missing(event, events, `${at}/event`, 'event')),
      ];
    }
    if (!('answers' in operation || operation.does === 'cancel' || operation.does === 'list')) return [];
    if (operation.does === 'list') return checkList(operation, { operations, kinds, at });
    return checkAnswers(operation, lifecycle, at);
  });
}

function checkAnswers(operation: PollSource | CancelSource, lifecycle: Lifecycle, at: string): Defect[] {
  const { does, answers, answersOf } = operation;
  const { failures = {} } = lifecycle;
  const own = ownKindsOf(lifecycle);
  const found = kindsFoundBy(operation) ?? Object.keys(own);
  const kinds = kindsNamed(lifecycle.kinds, found);
  const all = Object.values(kinds);
  const withoutState = does === 'cancel' ? withoutCanceled(own) : [];
  if (answers === undefined) return withoutState;
  const abandoned = all.flatMap(({ ends }) => ends.abandoned ?? []);
  const states = new Set([...statesOf(all, failures), ...abandoned]);
  const needed =
    does === 'cancel' ? canceledIn(operation, all, [...endsOf(all, failures), ...abandoned]) : states;
  return [
    ...withoutState,
    ...found.flatMap((kind, index) => missing(kind, lifecycle.kinds, `${at}/kinds/${index}`, 'kind')),
    ...missingBodies(needed, { shared: answers, ofKinds: answersOf }, { kinds, failures }, at),
    ...unreachable(Object.keys(answers), states, `${at}/answers`),
    ...checkBodiesOfKinds(answersOf, { kinds, failures }, `${at}/answersOf`),
  ];
}

/** Returns the states in which a cancel operation answers: those of tasks that it ended, or that had ended before. */
function canceledIn(
  { allowedIn, takes }: CancelSource,
  kinds: readonly Lifecycle['kinds'][string][],
  ends: readonly string[],
): Set<string> {
  // A task can end by itself while its cancellation takes effect.
  if (allowedIn === undefined || takes !== undefined) return new Set(ends);
  const canceled = new Set(kinds.flatMap((kind) => kind.ends.canceled ?? []));
  return new Set(ends.filter((state) => canceled.has(state) || allowedIn.includes(state)));
}

/** Returns the names of the kinds that an operation finds; undefined for all. */
function kindsFoundBy(operation: PollSource | CancelSource): readonly string[] | undefined {
  return operation.does === 'poll' ? operation.kinds : undefined;
}

function checkList(
  { items, kinds: shown = [] }: ListSource,
  { operations, kinds, at }: Pick<Lifecycle, 'operations' | 'kinds'> & { readonly at: string },
): Defect[] {
  return [
    ...missing(items, operations, `${at}/items`, 'operation'),
    ...shown.flatMap((kind, index) => missing(kind, kinds, `${at}/kinds/${index}`, 'kind')),
  ];
}

function checkEvents(lifecycle: Lifecycle): Defect[] {
  const { pack, events = {}, operations, kinds, failures = {} } = lifecycle;
  return Object.entries(events).flatMap(([name, event]) => {
    const at = `/events${step(name)}`;
    const senders = Object.values(operations).filter(
      (operation) => 'event' in operation && eventNamesOf(operation).includes(name),
    );
    const sent = kindsNamed(
      kinds,
      senders.flatMap((sender) => ('kind' in sender ? kindNamesOf(sender) : [])),
    );
    const states = statesOf(Object.values(sent), failures);
    return [
      ...(name.startsWith(`${pack}.`) ? [] : [new Defect(`an event name must begin with "${pack}."`, at)]),
      ...(senders.length > 0 ? [] : [new Defect('no operation sends this event', at)]),
      ...(senders.length > 0 ? unreachable(Object.keys(event.bodies), states, `${at}/bodies`) : []),
      ...checkBodiesOfKinds(event.bodiesOf, { kinds: sent, failures }, `${at}/bodiesOf`),
      ...missingBodies(
        new Set(statesWithBody(event)),
        { shared: event.bodies, ofKinds: event.bodiesOf },
        { kinds: sent, failures },
        at,
      ),
      ...checkSignals(event, at),
    ];
  });
}

function checkSignals(event: EventSource, at: string): Defect[] {
  const { announces, sentOnce = [] } = event;
  const bodies = Object.fromEntries(statesWithBody(event).map((state) => [state, [state]]));
  const states = announces ?? bodies;
  const signals = Object.fromEntries(
    Object.values(states).flatMap((names) => names.map((name) => [name, 1])),
  );
  return [
    ...Object.keys(states).flatMap((state) =>
      missing(state, bodies, `${at}/announces${step(state)}`, 'body for state'),
    ),
    ...sentOnce.flatMap((name, index) => missing(name, signals, `${at}/sentOnce/${index}`, 'signal')),
  ];
}

/** Requires a final state for canceled tasks in every kind. */
function withoutCanceled(kinds: Lifecycle['kinds']): Defect[] {
  return Object.entries(kinds)
    .filter(([, { ends }]) => ends.canceled === undefined)
    .map(
      ([name]) =>
        new Defect('"canceled" is required because an operation cancels tasks', `/kinds${step(name)}/ends`),
    );
}

function checkMessagePages({ pages, failures = {}, events = {}, operations }: Lifecycle): Defect[] {
  const texts = Object.entries(failures).flatMap(([slug, { messages }]) =>
    Object.keys(messages).flatMap((page) =>
      missing(page, pages, `/failures${step(slug)}/messages${step(page)}`, 'page'),
    ),
  );
  const users = { events, operations };
  const lists = Object.entries(users).flatMap(([section, entries]) =>
    Object.entries(entries).flatMap(([name, entry]) =>
      'messages' in entry && entry.messages !== undefined
        ? entry.messages.flatMap((page: string, index: number) =>
            missing(page, pages, `/${section}${step(name)}/messages/${index}`, 'page'),
          )
        : [],
    ),
  );
  return [...texts, ...lists];
}

function checkErrorRoles({ errors }: Lifecycle): Defect[] {
  const covered = new Set([
    ...errors.codes.flatMap(({ when = [] }) => when),
    ...Object.keys(errors.answers ?? {}),
  ]);
  return NEEDED_ROLES.filter((role) => !covered.has(role)).map(
    (role) =>
      new Defect(`role "${role}" does not have a code; add "when: [${role}]" to one`, '/errors/codes'),
  );
}

function checkFacts(lifecycle: Lifecycle): Defect[] {
  return lifecycle.facts.flatMap((fact, index) => [
    ...(atPointer(lifecycle, fact.at) === undefined
      ? [new Defect(`"${fact.at}" does not exist in this file`, `/facts/${index}/at`)]
      : []),
    ...(fact.pages ?? []).flatMap((page, position) =>
      missing(page, lifecycle.pages, `/facts/${index}/pages/${position}`, 'page'),
    ),
    ...(fact.grade === 'documented' ? (fact.pages ?? []) : []).flatMap((page) =>
      Object.hasOwn(fact.headings ?? {}, page)
        ? []
        : [
            new Defect(
              `a documented fact must name its heading on page "${page}"`,
              `/facts/${index}/headings`,
            ),
          ],
    ),
    ...Object.keys(fact.headings ?? {}).flatMap((page) =>
      fact.pages?.includes(page) === true
        ? []
        : [
            new Defect(
              `"${page}" is not one of the pages of this fact`,
              `/facts/${index}/headings${step(page)}`,
            ),
          ],
    ),
  ]);
}
