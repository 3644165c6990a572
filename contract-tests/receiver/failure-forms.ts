import type { Pack } from '../../mock-server/index.ts';
import { judgeCallback } from '../payload/judge-payload.ts';
import {
  type CallbackShape,
  type JsonValue,
  type Place,
  removeAt,
  replaceAt,
  valueAt,
} from './callback-shape.ts';

/** Forms of a failure without media: some pages omit the media fields, others leave them empty. */
export interface FailureForms {
  /** Body without the fields; null if none of the pages of this vendor omits them. */
  readonly missing: JsonValue | null;
  /** Body with empty fields: empty strings and lists; fields that the vendor sends as null remain null. */
  readonly emptied: JsonValue;
}

/** Returns the forms that a failure without media can have. */
export function failureForms(
  pack: Pack,
  { media, extras }: Pick<CallbackShape, 'media' | 'extras'>,
  failure: JsonValue,
): FailureForms {
  const fields = media.map((place) => fieldOf(failure, place));
  const places = fields.map(({ place }) => place);
  // Some pages omit other fields in addition to the media, so the body without those is checked as well.
  const mayLack = [places, [...places, ...extras]].some((gone) => isDescribed(pack, removeAt(failure, gone)));
  return {
    missing: mayLack ? removeAt(failure, places) : null,
    emptied: fields.reduce(
      (body, { place, empty }) => (valueAt(body, place) === null ? body : replaceAt(body, [place], empty)),
      failure,
    ),
  };
}

/** Returns the empty value that replaces a value of a success in a failure: an empty string, an empty list, or null. */
export function emptyLike(value: JsonValue | undefined): JsonValue {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  return value ?? null;
}

/** Returns the outermost field on the path to a place of a success that a failure may omit; a list counts as one field. */
function fieldOf(failure: JsonValue, place: Place): { readonly place: Place; readonly empty: JsonValue } {
  const end = place.findIndex((_key, index) => {
    const value = valueAt(failure, place.slice(0, index + 1));
    return typeof place[index + 1] === 'number' || typeof value !== 'object' || value === null;
  });
  const length = end < 0 ? place.length : end + 1;
  const next = place[length];
  const empty = next === undefined ? '' : typeof next === 'number' ? [] : null;
  return { place: place.slice(0, length), empty };
}

/** Whether one of the vendor's events accepts such a callback. */
function isDescribed(pack: Pack, body: JsonValue): boolean {
  return [...pack.events.keys()].some((name) => judgeCallback([pack], name, body).problems.length === 0);
}
