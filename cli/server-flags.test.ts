import { describe, expect, it } from 'vitest';
import { flagsOf } from './server-flags.ts';

describe('the options of a mock as a command line', () => {
  it.each([
    [{}, []],
    [{ scenario: 'fail.nsfw', clock: 'virtual' }, ['--scenario', 'fail.nsfw', '--clock', 'virtual']],
    [{ ackTimeout: '2s', retries: 0 }, ['--ack-timeout', '2s', '--retries', '0']],
    [{ only: ['luma', 'veo'] }, ['--only', 'luma', '--only', 'veo']],
    [{ mount: [['luma', '/l']] }, ['--mount', 'luma=/l']],
    [{ pack: ['./my packs/a'] }, ['--pack', "'./my packs/a'"]],
    [
      { secret: 'hidden', apiKey: ['k'] },
      ['--secret', '"$STUNTDOUBLE_SECRET"', '--api-key', '"$STUNTDOUBLE_API_KEY"'],
    ],
    [{ profile: undefined }, []],
  ])('%j is %j', (server, words) => {
    expect(flagsOf(server as Parameters<typeof flagsOf>[0])).toEqual(words);
  });
});
