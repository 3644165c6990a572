import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createKnownKeys } from './known-keys.ts';
import { KEY_MARK, REDACTED } from './marks.ts';
import { maskHeaders } from './mask-headers.ts';

function keysOf(...keys: string[]) {
  const known = createKnownKeys({ configured: [], isVocabulary: () => false, onChange: () => undefined });
  for (const key of keys) known.learn(key);
  return known;
}

const KEY_HEADERS = [
  ...['proxy-authorization', 'x-api-key', 'api-key', 'apikey', 'x-auth-token', 'x-access-token'],
  ...['x-goog-api-key', 'x-amz-security-token', 'x-csrf-token', 'x-xsrf-token', 'x-gitlab-token'],
];
/** Any key, except for words that occur in the rest of what is compared. */
const anyKey = fc
  .stringMatching(/^[\x21-\x7e]{1,40}$/)
  .filter((key) => !/^\[?(?:bearer|key|redacted)?\]?$/.test(key));

describe('masking headers', () => {
  it('never leaves the value of a key header, and learns it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEY_HEADERS), anyKey, fc.boolean(), (name, key, isList) => {
        const keys = keysOf();
        const masked = maskHeaders({ [name]: isList ? [key] : key, accept: '*/*' }, keys);
        expect(masked).toEqual({ [name]: isList ? [REDACTED] : REDACTED, accept: '*/*' });
        expect(keys.markOf(key)).toBe(REDACTED);
      }),
    );
  });

  it('shows that a key header has the key of a client', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KEY_HEADERS), anyKey, (name, key) => {
        const keys = keysOf(key);
        expect(maskHeaders({ [name]: key }, keys)).toEqual({ [name]: KEY_MARK });
      }),
    );
  });

  it('keeps the scheme of an Authorization header alone', () => {
    fc.assert(
      fc.property(fc.constantFrom('Bearer ', 'Basic ', ''), anyKey, (scheme, key) => {
        const masked = maskHeaders({ authorization: `${scheme}${key}` }, keysOf());
        expect(masked).toEqual({ authorization: `${scheme}${KEY_MARK}` });
      }),
    );
  });

  it('keeps the names of cookies alone', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((one) => !/^(?:expires|domain|path)$/.test(one));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.stringMatching(/^[\w"%+-]{0,20}$/)), { minLength: 1 }),
        (cookies) => {
          const value = cookies.map(([one, secret]) => `${one}=${secret}`).join('; ');
          const shown = cookies.map(([one]) => `${one}=${REDACTED}`).join('; ');
          expect(maskHeaders({ cookie: value }, keysOf())).toEqual({ cookie: shown });
        },
      ),
    );
  });

  it.each([
    ['set-cookie', ['a=b; Path=/; Max-Age=5', 'c=d'], [`a=${REDACTED}; Path=/; Max-Age=5`, `c=${REDACTED}`]],
    ['referer', 'http://a.test/?api_key=abc', `http://a.test/?api_key=${REDACTED}`],
    ['location', 'http://u:p@a.test/', `http://${REDACTED}@a.test/`],
    ['user-agent', 'app sk-7f3a9c51e2', `app ${KEY_MARK}`],
  ])('masks the keys in %s', (name, value, masked) => {
    expect(maskHeaders({ [name]: value }, keysOf('sk-7f3a9c51e2'))).toEqual({ [name]: masked });
  });

  it('returns the same object and the same lists if they do not contain keys', () => {
    const headers = { accept: '*/*', via: ['a', 'b'], absent: undefined };
    expect(maskHeaders(headers, keysOf('sk-7f3a9c51e2'))).toBe(headers);
    const masked = maskHeaders({ ...headers, 'x-api-key': 'abc' }, keysOf());
    expect(masked).toEqual({ ...headers, 'x-api-key': REDACTED });
    expect(masked.via).toBe(headers.via);
  });

  it('does not change the given object', () => {
    const headers = { authorization: 'Bearer abc', 'x-api-key': ['abc'] };
    maskHeaders<string | readonly string[]>(headers, keysOf());
    expect(headers).toEqual({ authorization: 'Bearer abc', 'x-api-key': ['abc'] });
  });
});
