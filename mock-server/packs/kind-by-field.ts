import type { OpenAPIV3_1 } from 'openapi-types';
import type { JsonObject, KindRules, PathParams } from '../core/types.ts';
import { Defect, under } from './defect.ts';
import { type DocumentOperation, examplesOf } from './document.ts';
import { compileExpression, type Evaluate } from './expressions.ts';
import type { EventSource, Lifecycle, ListSource, SubmitSource } from './lifecycle.ts';
import type { KindOf, SubmitOperation } from './pack.ts';
import { step } from './pointer.ts';
import type { RequestParts } from './request-parts.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';

/** Returns the names of the kinds of task that an operation creates, each once. */
export function kindNamesOf({ kind }: Pick<SubmitSource, 'kind'>): string[] {
  return kindPlacesOf({ kind }).map(({ name }) => name);
}

/** Returns the kinds of task that an operation creates, with the pointer to the first mention of each. */
export function kindPlacesOf({ kind }: Pick<SubmitSource, 'kind'>): { name: string; pointer: string }[] {
  if (typeof kind === 'string') return [{ name: kind, pointer: '/kind' }];
  const places: (readonly [name: string, pointer: string])[] = Object.entries(kind.map).map(
    ([value, name]) => [name, `/kind/map${step(value)}`],
  );
  if (kind.otherwise !== undefined) places.push([kind.otherwise, '/kind/otherwise']);
  const first = new Map([...places].reverse());
  return [...new Set(places.map(([name]) => name))].map((name) => ({ name, pointer: first.get(name) ?? '' }));
}

/** Compiles the choice of the kind. @throws {Defect} when a kind does not exist */
export function compileKinds(
  source: SubmitSource,
  kinds: ReadonlyMap<string, KindRules>,
  documented: { readonly document: OpenAPIV3_1.Document; readonly operation: DocumentOperation },
): Pick<SubmitOperation, 'kind' | 'kinds' | 'kindOf'> {
  const all = kindPlacesOf(source).map(({ name, pointer }) => rulesOf(kinds, name, pointer));
  const [first] = all;
  if (first === undefined) throw new Defect('expected at least one kind', '/kind/map');
  if (typeof source.kind === 'string') return { kind: first, kinds: all, kindOf: () => first };
  const kindOf = compileChoice(source.kind, kinds);
  const [example] = examplesOf(documented.document, documented.operation);
  const kind = example === undefined ? null : kindOf(example.value as JsonObject, null);
  return { kind: kind ?? first, kinds: all, kindOf };
}

function compileChoice(
  { by, map, otherwise }: Exclude<SubmitSource['kind'], string>,
  kinds: ReadonlyMap<string, KindRules>,
): KindOf {
  const read: Evaluate<RequestParts> = under('/kind/by', () => compileExpression(by, REQUEST_LANGUAGE));
  const chosen = new Map(Object.entries(map).map(([value, name]) => [value, kinds.get(name) ?? null]));
  const fallback = otherwise === undefined ? null : (kinds.get(otherwise) ?? null);
  return (request, pathParams) => chosen.get(String(read(partsOf(request, pathParams)))) ?? fallback;
}

function rulesOf(kinds: ReadonlyMap<string, KindRules>, name: string, pointer: string): KindRules {
  const rules = kinds.get(name);
  if (rules === undefined) throw new Defect(`kind "${name}" does not exist`, pointer);
  return rules;
}

/** Returns what a plan keeps of a request. */
function partsOf(body: JsonObject, pathParams: PathParams | null): RequestParts {
  const absent = (): undefined => undefined;
  return { body, pathParams: pathParams ?? {}, query: absent, header: absent };
}

/** Returns the rules of an existing task's kind. An edited pack may not have it any more. */
export function kindOfTask({ kind, kinds }: SubmitOperation, task: { readonly kind: string }): KindRules {
  return kinds.find((rules) => rules.kind === task.kind) ?? kind;
}

/** Returns the states for which an event has a body, for all or for some kinds of task. */
export function statesWithBody({
  bodies,
  bodiesOf = {},
}: Pick<EventSource, 'bodies' | 'bodiesOf'>): string[] {
  return [...new Set([bodies, ...Object.values(bodiesOf)].flatMap((own) => Object.keys(own)))];
}

/** Returns the kinds whose tasks have an id of their own; tasks that are derived from others do not. */
export function ownKindsOf({
  kinds,
  operations,
}: Pick<Lifecycle, 'kinds' | 'operations'>): Lifecycle['kinds'] {
  const all = Object.values(operations);
  const submitted = new Set(all.flatMap((one) => (one.does === 'submit' ? kindNamesOf(one) : [])));
  const derived = new Set(all.flatMap((one) => (one.does === 'derive' ? kindNamesOf(one) : [])));
  return Object.fromEntries(
    Object.entries(kinds).filter(([name]) => submitted.has(name) || !derived.has(name)),
  );
}

/** Returns the kinds of task that a list shows; null for all. */
export function listedKinds({ kinds }: ListSource, lifecycle: Lifecycle): ReadonlySet<string> | null {
  if (kinds !== undefined) return new Set(kinds);
  const own = Object.keys(ownKindsOf(lifecycle));
  return own.length === Object.keys(lifecycle.kinds).length ? null : new Set(own);
}
