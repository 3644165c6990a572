import type { Pack } from '../../mock-server/index.ts';
import type { Answered } from './evidence.ts';

type PlaceOfKey = Pack['auth']['places'][number];

/** Returns the places where the vendor reads keys, as a client writes them: `Authorization: Bearer KEY`, `?key=KEY`. */
export function keyPlacesOf({ auth }: Pack): readonly string[] {
  return auth.places.map(({ text }) => text);
}

/** Whether a call has a key where its vendor reads it. */
export function isAuthorized({ auth }: Pack, call: Pick<Answered, 'url' | 'headers'>): boolean {
  return auth.places.some((place) => hasKeyAt(place, call));
}

function hasKeyAt(
  { in: where, name, scheme }: PlaceOfKey,
  { url, headers }: Pick<Answered, 'url' | 'headers'>,
): boolean {
  if (where === 'query') return (queryOf(url).get(name) ?? '') !== '';
  const value = String(headers[name] ?? '').trim();
  if (scheme === null) return value !== '' && !hasScheme(value);
  const end = value.search(/[ \t]/);
  return end > 0 && value.slice(0, end).toLowerCase() === scheme;
}

/** Whether a masked header consists of a scheme and a key. The mark of a key contains a space as well. */
function hasScheme(value: string): boolean {
  return /^[\w.-]+[ \t]/.test(value);
}

/** Returns a URL without the query parameters in which the vendor reads keys. */
export function withoutKey({ auth }: Pack, url: string): string {
  const names = auth.places.flatMap(({ in: where, name }) => (where === 'query' ? [name] : []));
  if (names.length === 0 || !url.includes('?')) return url;
  const query = queryOf(url);
  for (const name of names) query.delete(name);
  return `${url.slice(0, url.indexOf('?'))}?${query}`;
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}
