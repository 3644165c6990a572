import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { createKnownKeys } from './known-keys.ts';
import { KEY_MARK, REDACTED } from './marks.ts';
import { maskBody, maskMembers, maskUrl } from './mask-text.ts';

const KEY = 'sk-7f3a9c51e2';

function keysOf(...keys: string[]) {
  const known = createKnownKeys({ configured: [], isVocabulary: () => false, onChange: () => undefined });
  for (const key of keys) known.learn(key);
  return known;
}

/** Keys that cannot be mistaken for words, also with characters that URLs and JSON escape. */
const unmistakable = fc
  .tuple(fc.constantFrom('sk-', 'r8_', 'key/', 'a"b\\'), fc.stringMatching(/^[a-f0-9]{20}$/))
  .filter(([, digits]) => new Set(digits).size >= 6)
  .map((parts) => parts.join(''));
/** Any key that can be sent in a header. */
const anyKey = fc.stringMatching(/^[\x21-\x7e]{1,30}$/);
const FIELDS = ['apiKey', 'api_key', 'x-api-key', 'access_token', 'Authorization', 'password'];

describe('masking a URL', () => {
  it.each([
    [`/v1/${KEY}/x`, `/v1/${KEY_MARK}/x`],
    [`/v1?a=1&api_key=${KEY}#end`, `/v1?a=1&api_key=${KEY_MARK}#end`],
    ['/v1?api_key=abc;token=7f3a9c51e2bd', `/v1?api_key=${REDACTED};token=${REDACTED}`],
    ['/v1?token=next&key=page-2', '/v1?token=next&key=page-2'],
    ['/v1?api_key=', '/v1?api_key='],
    ['http://user:pass@a.test/x?apiKey=abc', `http://${REDACTED}@a.test/x?apiKey=${REDACTED}`],
    [`/v1?token=${encodeURIComponent('a+b/c')}`, `/v1?token=${KEY_MARK}`],
    ['/v1?api_key=%zz', `/v1?api_key=${REDACTED}`],
    ['/v1?api_key=%ff', `/v1?api_key=${REDACTED}`],
  ])('%s', (url, masked) => {
    expect(maskUrl(url, keysOf(KEY, 'a+b/c'))).toBe(masked);
  });

  it('never leaves a known key that cannot be mistaken for a word', () => {
    fc.assert(
      fc.property(unmistakable, fc.webPath(), fc.webQueryParameters(), (key, path, query) => {
        const url = `${path}/${encodeURIComponent(key)}?${query}&x=${key}&api_key=${encodeURIComponent(key)}`;
        const masked = maskUrl(url, keysOf(key));
        expect(masked).not.toContain(key);
        expect(masked).not.toContain(encodeURIComponent(key));
      }),
    );
  });

  it('masks any value of a key parameter, also of an unknown key', () => {
    fc.assert(
      fc.property(anyKey, fc.constantFrom('apiKey', 'api-key', 'access_token'), (key, name) => {
        const masked = maskUrl(`/x?a=1&${name}=${encodeURIComponent(key)}&b=2`, keysOf());
        expect(masked).toBe(`/x?a=1&${name}=${REDACTED}&b=2`);
      }),
    );
  });

  it('does not change what is already masked', () => {
    fc.assert(
      fc.property(anyKey, fc.webUrl({ withQueryParameters: true }), (key, base) => {
        const keys = keysOf(key);
        const masked = maskUrl(`${base}&api_key=${encodeURIComponent(key)}`, keys);
        expect(maskUrl(masked, keys)).toBe(masked);
      }),
    );
  });
});

describe('masking a body', () => {
  it('never leaves a known key that cannot be mistaken for a word, in any JSON', () => {
    fc.assert(
      fc.property(unmistakable, fc.jsonValue(), (key, value) => {
        const text = JSON.stringify({ [`a${key}`]: [value, { text: `b ${key} c` }], url: `/${key}` });
        const masked = maskBody(text, keysOf(key));
        expect(masked).not.toContain(JSON.stringify(key).slice(1, -1));
        expect(JSON.parse(masked)).toMatchObject({ url: `/${KEY_MARK}` });
      }),
    );
  });

  it('masks any value of a key field, and leaves the JSON around it unchanged', () => {
    fc.assert(
      fc.property(anyKey, fc.constantFrom(...FIELDS), fc.boolean(), (key, name, isKnown) => {
        const value = { before: 1, inner: { [name]: key }, after: [2] };
        const masked = maskBody(JSON.stringify(value), isKnown ? keysOf(key) : keysOf());
        const mark = isKnown ? KEY_MARK : REDACTED;
        expect(JSON.parse(masked)).toEqual({ before: 1, inner: { [name]: mark }, after: [2] });
      }),
    );
  });

  it('does not change a body without keys', () => {
    const plain = fc
      .jsonValue()
      .filter((json) => !/@|key|token|auth|sig|secret|pass/i.test(JSON.stringify(json)));
    fc.assert(
      fc.property(plain, (json) => {
        const text = JSON.stringify(json);
        expect(maskBody(text, keysOf(KEY))).toBe(text);
      }),
    );
  });

  it('masks only known keys in the URLs of a body', () => {
    const body = '{"url":"http://a.test/?token=7f3a9c51e2bd&api_key=test"}';
    expect(maskBody(body, keysOf('test'))).toBe(
      `{"url":"http://a.test/?token=7f3a9c51e2bd&api_key=${KEY_MARK}"}`,
    );
  });
});

describe('masking members', () => {
  it.each([
    ['{"api_key" :\n"abc","api_key":"def"}', `{"api_key" :\n"${REDACTED}","api_key":"${REDACTED}"}`],
    ['{"api_key":"a\\"b","x":"y"}', `{"api_key":"${REDACTED}","x":"y"}`],
    ['{"api_key":"abc', `{"api_key":"${REDACTED}"`],
    ['{"api_key":""}', '{"api_key":""}'],
    ['{"api_key":1,"token":null}', '{"api_key":1,"token":null}'],
    ['{"prompt":"\\"api_key\\":\\"abc\\""}', '{"prompt":"\\"api_key\\":\\"abc\\""}'],
  ])('%s', (text, masked) => {
    expect(maskMembers(text, keysOf())).toBe(masked);
  });

  it('returns any text without keys unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '{', ':', 'token', 'x', ' ') }), (text) => {
        const masked = maskMembers(text, keysOf());
        expect(masked).toBe(text);
      }),
    );
  });
});
