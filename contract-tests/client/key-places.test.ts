import { describe, expect, it } from 'vitest';
import type { Pack } from '../../mock-server/index.ts';
import { isAuthorized, keyPlacesOf, withoutKey } from './key-places.ts';

type Place = Pack['auth']['places'][number];

const BARE: Place = { in: 'header', name: 'authorization', scheme: null, text: 'Authorization: KEY' };
const WORD: Place = { ...BARE, scheme: 'key', text: 'Authorization: Key KEY' };
const NAMED: Place = { in: 'header', name: 'x-pass', scheme: null, text: 'X-Pass: KEY' };
const QUERY: Place = { in: 'query', name: 'pass', scheme: null, text: '?pass=KEY' };

function packOf(...places: Place[]): Pack {
  return { auth: { places } } as unknown as Pack;
}

const MARK = '[bearer key]';

describe('the key of a recorded call', () => {
  it.each([
    [BARE, { authorization: MARK }, '/', true],
    [BARE, { authorization: `Bearer ${MARK}` }, '/', false],
    [WORD, { authorization: `KEY ${MARK}` }, '/', true],
    [WORD, { authorization: MARK }, '/', false],
    [WORD, { authorization: 'key' }, '/', false],
    [NAMED, { 'x-pass': '[redacted]' }, '/', true],
    [NAMED, { authorization: `Bearer ${MARK}` }, '/', false],
    [QUERY, {}, `/clips?n=1&pass=${MARK}`, true],
    [QUERY, {}, '/clips?pass=', false],
    [QUERY, { 'x-pass': MARK }, '/clips', false],
  ])('is looked for at %o: %o %s', (place, headers, url, expected) => {
    expect(isAuthorized(packOf(place), { url, headers })).toBe(expected);
    expect(isAuthorized(packOf(place, WORD), { url, headers: { authorization: `Key ${MARK}` } })).toBe(true);
  });

  it('does not count as exposed in the parameter of its vendor', () => {
    const url = `/clips?a=1&pass=${MARK}`;
    expect(withoutKey(packOf(QUERY), url)).toBe('/clips?a=1');
    expect(withoutKey(packOf(NAMED), url)).toBe(url);
  });

  it('is described as clients write it', () => {
    expect(keyPlacesOf(packOf(QUERY, NAMED))).toEqual(['?pass=KEY', 'X-Pass: KEY']);
  });
});
