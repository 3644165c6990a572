import type { Pack } from '../../mock-server/index.ts';

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Path to a value in a body: keys and indexes. */
export type Place = readonly (string | number)[];

/**
 * Locations of the parts of a callback that cases change or observe. They are derived from bodies that the pack renders,
 * so cases do not depend on the field names of a vendor.
 */
export interface CallbackShape {
  /** Every place that contains the task id. */
  readonly taskId: readonly Place[];
  /** Every place that contains a media URL. */
  readonly media: readonly Place[];
  /** The object that contains the task id; null if it is the body itself. */
  readonly envelope: Place | null;
  /** The result code of a failure; null if failures do not have a code where a success has its own. */
  readonly code: Place | null;
  /** The message of a failure; null if failures do not have a message. */
  readonly message: Place | null;
  /** String fields that contain JSON. */
  readonly embedded: readonly Place[];
  /** Fields of a success, other than media, that a failure does not have. */
  readonly extras: readonly Place[];
}

export interface SampleBodies {
  /** Id by which the callback names the task. */
  readonly taskId: string;
  readonly success: JsonValue;
  /** Null if the event does not have failure callbacks. */
  readonly failure: {
    readonly taskId: string;
    readonly body: JsonValue;
    readonly code: string;
    readonly message: string;
  } | null;
}

/** Finds the parts of a callback in a success and a failure of the pack. */
export function findCallbackShape({ taskId, success, failure }: SampleBodies): CallbackShape {
  const leaves = leavesOf(success);
  const ids = leaves.filter(({ value }) => isId(value, taskId)).map(({ place }) => place);
  const around = ids[0]?.slice(0, -1) ?? [];
  const failed = failure === null ? [] : leavesOf(failure.body);
  // Where a success has no code, another field decides, and the code only explains a failure.
  const decides = (place: Place): boolean => ![undefined, null, ''].includes(valueAt(success, place) as null);
  const inFailure = new Set(failed.filter(({ value }) => value !== '').map(({ place }) => place.join('/')));
  return {
    taskId: ids,
    media: leaves.filter(({ value }) => isMediaUrl(value)).map(({ place }) => place),
    envelope: around.length === 0 ? null : around,
    code: failed.find(({ place, value }) => String(value) === failure?.code && decides(place))?.place ?? null,
    message: failed.find(({ value }) => value === failure?.message)?.place ?? null,
    embedded: leaves.filter(({ value }) => isJsonObject(value)).map(({ place }) => place),
    extras: leaves
      .filter(({ place, value }) => failure !== null && !inFailure.has(place.join('/')) && !isMediaUrl(value))
      .filter(({ place }) => place.length > around.length)
      .map(({ place }) => place),
  };
}

/** Ids can be numbers in messages. */
function isId(value: JsonValue, id: string): boolean {
  return typeof value === 'number' ? String(value) === id : value === id;
}

/** Returns a copy of a callback that names another task. @param id the id by which callbacks name it */
export function nameTask(body: JsonValue, { taskId }: Pick<CallbackShape, 'taskId'>, id: string): JsonValue {
  const isNumber = taskId.some((place) => typeof valueAt(body, place) === 'number');
  return replaceAt(body, taskId, isNumber ? Number(id) : id);
}

/** Returns a copy of the body with another value at each of these places. */
export function replaceAt(body: JsonValue, places: readonly Place[], value: JsonValue): JsonValue {
  return places.reduce((copy, place) => change(copy, place, () => value), body);
}

/** Returns a copy without these places; list entries are removed, and missing places are ignored. */
export function removeAt(body: JsonValue, places: readonly Place[]): JsonValue {
  return places.reduce(
    (copy, place) => (valueAt(copy, place) === undefined ? copy : change(copy, place, () => undefined)),
    body,
  );
}

/** Returns the value at a place, or undefined if the body does not have it. */
export function valueAt(body: JsonValue, place: Place): JsonValue | undefined {
  return place.reduce<JsonValue | undefined>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, JsonValue>)[key] : undefined,
    body,
  );
}

/** Returns an equal value in which the keys of every object are in reverse order. */
export function reverseKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reverseKeys(inner)]));
}

/** Returns the distinct messages that the failure catalog of a pack has for one failure. */
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
  const held = holder[key] ?? (typeof rest[0] === 'number' ? [] : {});
  const inner = rest.length === 0 ? make(holder[key]) : change(held, rest, make);
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
