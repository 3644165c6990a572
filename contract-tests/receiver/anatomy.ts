import type { Pack } from '../../mock-server/index.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** A place in a body: the keys that lead to it. */
export type Place = readonly (string | number)[];

/**
 * Where the parts of a callback lie that cases change or watch. Found by looking at what the pack itself renders,
 * so that no case needs to know how a vendor spells them.
 */
export interface Anatomy {
  /** Every place that holds the task's id. */
  readonly taskId: readonly Place[];
  /** Every place that holds a media URL. */
  readonly media: readonly Place[];
  /** The object around the task's id, when it is not the body itself. */
  readonly envelope: Place | null;
  /** What a failure says in place of a success's result code; null when there is no such number. */
  readonly code: Place | null;
  /** Where a failure says why. */
  readonly message: Place | null;
  /** Texts that are JSON themselves. */
  readonly embedded: readonly Place[];
  /** What a success says beside its media and a failure leaves out. */
  readonly extras: readonly Place[];
}

export interface Specimens {
  readonly taskId: string;
  readonly success: JsonValue;
  /** Null when the event announces no failure. */
  readonly failure: {
    readonly taskId: string;
    readonly body: JsonValue;
    readonly code: string;
    readonly message: string;
  } | null;
}

export function dissect({ taskId, success, failure }: Specimens): Anatomy {
  const leaves = leavesOf(success);
  const ids = leaves.filter(({ value }) => value === taskId).map(({ place }) => place);
  const around = ids[0]?.slice(0, -1) ?? [];
  const failed = failure === null ? [] : leavesOf(failure.body);
  const inFailure = new Set(failed.filter(({ value }) => value !== '').map(({ place }) => place.join('/')));
  return {
    taskId: ids,
    media: leaves.filter(({ value }) => isMediaUrl(value)).map(({ place }) => place),
    envelope: around.length === 0 ? null : around,
    code: failed.find(({ value }) => String(value) === failure?.code)?.place ?? null,
    message: failed.find(({ value }) => value === failure?.message)?.place ?? null,
    embedded: leaves.filter(({ value }) => isJsonObject(value)).map(({ place }) => place),
    extras: leaves
      .filter(({ place, value }) => failure !== null && !inFailure.has(place.join('/')) && !isMediaUrl(value))
      .filter(({ place }) => place.length > around.length)
      .map(({ place }) => place),
  };
}

/** A copy of the body with another value at each of these places. */
export function replaceAt(body: JsonValue, places: readonly Place[], value: JsonValue): JsonValue {
  return places.reduce((copy, place) => change(copy, place, () => value), body);
}

/** A copy without these places; a list loses the entry. What the body does not have stays as it is. */
export function removeAt(body: JsonValue, places: readonly Place[]): JsonValue {
  return places.reduce(
    (copy, place) => (valueAt(copy, place) === undefined ? copy : change(copy, place, () => undefined)),
    body,
  );
}

export function valueAt(body: JsonValue, place: Place): JsonValue | undefined {
  return place.reduce<JsonValue | undefined>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, JsonValue>)[key] : undefined,
    body,
  );
}

/** The same keys and values, every object's keys in the reverse order. */
export function reverseKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reverseKeys(inner)]));
}

/** How bodies of a pack's failure catalogue spell one failure. */
export function wordings(pack: Pack, slug: string): string[] {
  return [...new Set(Object.values(pack.failures.get(slug)?.messages ?? {}))];
}

function change(
  value: JsonValue,
  [key, ...rest]: Place,
  make: (old: JsonValue | undefined) => JsonValue | undefined,
): JsonValue {
  if (key === undefined) return make(value) ?? null;
  const copy: JsonValue = structuredClone(value);
  if (typeof copy !== 'object' || copy === null) return copy;
  const holder = copy as Record<string | number, JsonValue>;
  const inner = rest.length === 0 ? make(holder[key]) : change(holder[key] ?? {}, rest, make);
  if (inner !== undefined) holder[key] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete holder[key];
  return copy;
}

function leavesOf(value: JsonValue, place: Place = []): { place: Place; value: JsonValue }[] {
  if (typeof value !== 'object' || value === null) return [{ place, value }];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...place, key]));
}

function isMediaUrl(value: JsonValue): boolean {
  return typeof value === 'string' && /^https?:\/\/[^/]+\/__media\//.test(value);
}

function isJsonObject(value: JsonValue): boolean {
  if (typeof value !== 'string' || !value.startsWith('{')) return false;
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
