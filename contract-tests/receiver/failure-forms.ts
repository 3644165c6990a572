import type { Pack } from '../../mock-server/index.ts';
import { judgeCallback } from '../payload/judge-payload.ts';
import { type Anatomy, type JsonValue, type Place, removeAt, replaceAt, valueAt } from './anatomy.ts';

/** The ways in which a failure can have no media; some pages leave the fields out, others empty them. */
export interface FailureForms {
  /** Without the fields; null where no page of this vendor leaves them out. */
  readonly missing: JsonValue | null;
  /** With empty fields: a text is empty, a list is empty, and what the vendor sends as null stays null. */
  readonly emptied: JsonValue;
}

export function failureForms(
  pack: Pack,
  { media, extras }: Pick<Anatomy, 'media' | 'extras'>,
  failure: JsonValue,
): FailureForms {
  const fields = media.map((place) => fieldOf(failure, place));
  const places = fields.map(({ place }) => place);
  // Pages leave out more than the media: a receiver that ignores what it does not know takes any part of it.
  const mayLack = [places, [...places, ...extras]].some((gone) => isDescribed(pack, removeAt(failure, gone)));
  return {
    missing: mayLack ? removeAt(failure, places) : null,
    emptied: fields.reduce(
      (body, { place, empty }) => (valueAt(body, place) === null ? body : replaceAt(body, [place], empty)),
      failure,
    ),
  };
}

/** What a failure has in the place of a value that a success has: text and lists without anything in them. */
export function emptyLike(value: JsonValue | undefined): JsonValue {
  if (typeof value === 'string') return '';
  if (Array.isArray(value)) return [];
  return value ?? null;
}

/** The outermost field on the way to a place of a success that a failure need not have; a list is one field. */
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

/** Whether one of the vendor's pages describes such a callback. */
function isDescribed(pack: Pack, body: JsonValue): boolean {
  return [...pack.events.keys()].some((name) => judgeCallback([pack], name, body).problems.length === 0);
}
