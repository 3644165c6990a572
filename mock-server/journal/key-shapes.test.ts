import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { isKeyName, isTellingName, isUnmistakable, isWordLike, looksLikeKey } from './key-shapes.ts';

const KEYS = ['sk-7f3a9c51e2', 'r8_aBcDeF12345', '3fa85f64-5717-4562-b3fc-2c963f66afa6', 'sk-very-secret'];
const WORDS = [
  'test',
  'image_url_list',
  'application/json',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'record-detail-info',
];

describe('a text that cannot be mistaken for a word', () => {
  it.each(KEYS)('is %s', (text) => {
    expect(isUnmistakable(text)).toBe(true);
  });

  it.each(WORDS)('is not %s', (text) => {
    expect(isUnmistakable(text)).toBe(false);
  });

  it('is each of 24 or more characters, at least six of them distinct, and none below 12', () => {
    const distinct = fc.string({ minLength: 24 }).filter((text) => new Set(text).size >= 6);
    fc.assert(
      fc.property(distinct, fc.string({ maxLength: 11 }), (long, short) => {
        expect([isUnmistakable(long), isUnmistakable(short)]).toEqual([true, false]);
      }),
    );
  });

  it('is not made of joined words below 24 characters', () => {
    const word = fc
      .stringMatching(/^[a-z]{1,6}$/)
      .filter((one) => !/^(?:sk|pk|rk|key|whsec|ghp|xox[a-z])$/.test(one));
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 3 }),
        fc.constantFrom('-', '_', '.', '/', ' '),
        (words, between) => {
          expect(isUnmistakable(words.join(between))).toBe(false);
        },
      ),
    );
  });
});

describe('a text that could be a name', () => {
  it.each<[string, boolean]>([
    ['gen4_image_turbo', true],
    ['v1.5-pro-720', false],
    ['v15-720', false],
    ['v1-720', false],
    ['a-123', true],
    ['Model', false],
    ['a'.repeat(24), false],
  ])('has no capitals, at most three digits, and less than 24 characters: %s', (text, expected) => {
    expect(isWordLike(text)).toBe(expected);
  });
});

describe('a name', () => {
  it.each(['api_key', 'apiKey', 'X-Api-Key', 'accessToken', 'Authorization', 'PASSWORD', 'client_secret'])(
    'of a secret alone is %s',
    (name) => {
      expect(isTellingName(name)).toBe(true);
    },
  );

  it.each(['key', 'token', 'auth', 'secret', 'sig', 'api_key_id', 'my-api-key-2'])(
    'of other values as well is %s',
    (name) => {
      expect(isTellingName(name)).toBe(false);
    },
  );

  it.each(['API_KEY', '--token', 'GITHUB_TOKEN', 'apiKey', 'db.password', 'SESSION_COOKIE', '--key='])(
    'of a variable with a key is %s',
    (name) => {
      expect(isKeyName(name)).toBe(true);
    },
  );

  it.each(['--key-file', 'TOKEN_URL', 'KEYBOARD', 'monkey', 'API_KEY_NAME', 'secretary', 'keyPath'])(
    'of a variable without a key is %s',
    (name) => {
      expect(isKeyName(name)).toBe(false);
    },
  );
});

describe('a value that looks like a key', () => {
  it.each([
    'sk-very-secret',
    'Bearer sk-7f3a9c51e2',
    'eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM1',
    'a1b2c3d4e5f6a7b8c9d0',
  ])('is %s', (value) => {
    expect(looksLikeKey(value)).toBe(true);
  });

  it.each([
    './key.pem',
    '/etc/key/7f3a9c51e2bd7f3a9c51',
    'a b c',
    'http://a.test/7f3a9c51e2bd7f',
    'success',
    '12345678901234567890',
  ])('is not %s', (value) => {
    expect(looksLikeKey(value)).toBe(false);
  });
});
