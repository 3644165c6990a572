import { describe, expect, it } from 'vitest';
import { checkMounts } from './check-mounts.ts';
import type { MockServerOptions } from './options.ts';
import type { Pack } from './packs/pack.ts';

const PACKS = ['acme', 'zenith'].map((name) => ({ name })) as unknown as readonly Pack[];

function rejection(mounts: unknown): unknown {
  try {
    checkMounts(mounts as MockServerOptions['mounts'], PACKS);
    return null;
  } catch (error) {
    return error;
  }
}

describe('the option mounts', () => {
  it.each([undefined, {}, { acme: '/acme' }, { acme: '/a/b', zenith: '/z' }])('accepts %j', (mounts) => {
    expect(rejection(mounts)).toBeNull();
  });

  it.each([null, 'acme', { acme: '' }, { acme: 'acme' }, { acme: '/acme/' }, { acme: '/a b' }, { acme: 5 }])(
    'rejects %j',
    (mounts) => {
      expect(rejection(mounts)).toMatchObject({ code: 'OPTION_INVALID' });
    },
  );

  it('suggests the loaded pack that a misspelled name resembles', () => {
    expect(rejection({ acne: '/acme' })).toMatchObject({
      message: 'the pack "acne" in mounts is not loaded',
      remedy: 'Did you mean acme?',
    });
  });

  it('lists the loaded packs when the name resembles none of them', () => {
    expect(rejection({ somethingElse: '/x' })).toMatchObject({ remedy: 'Use one of: acme, zenith.' });
  });
});
