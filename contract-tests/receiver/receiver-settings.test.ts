import { describe, expect, it } from 'vitest';
import { RECEIVER_CASES } from './cases.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { readReceiverSettings } from './receiver-settings.ts';

const OPTIONS = { url: 'http://127.0.0.1:3000/callback', event: 'runway.generate' };

describe('the settings of a receiver run', () => {
  it('have all defaults', () => {
    expect(readReceiverSettings(OPTIONS)).toMatchObject({
      url: OPTIONS.url,
      cases: RECEIVER_CASES,
      ackTimeoutMs: 15_000,
      settleMs: null,
      fastAckMs: 2000,
      downloadWithinMs: 60_000,
      pollWithinMs: null,
      secret: null,
      headers: {},
      probe: null,
      submit: null,
      apiPort: 0,
      mediaHost: null,
      tlsDir: null,
      realGaps: false,
      jobs: 8,
    });
  });

  it('have a new seed in each run unless one is given', () => {
    const seeds = [OPTIONS, OPTIONS, { ...OPTIONS, seed: 7 }].map((one) => readReceiverSettings(one).seed);
    expect(new Set(seeds).size).toBe(3);
    expect(seeds[2]).toBe('7');
  });

  it('name the keys that the report must not contain', () => {
    const url = 'http://ann:pw@127.0.0.1:3000/?api_key=k1';
    const options = { ...OPTIONS, url, secret: 's1', headers: { 'x-key': 'h1' } };
    expect(readReceiverSettings(options).keys).toEqual(['s1', 'ann', 'pw', 'h1', 'k1']);
  });

  it.each<[string, Partial<ReceiverOptions>, string]>([
    ['an unknown event', { event: 'runway.nothing' }, 'EVENT_UNKNOWN'],
    ['an unknown case', { only: ['RCV-NONE'] }, 'CASE_UNKNOWN'],
    ['another kind of URL', { url: 'ftp://127.0.0.1/' }, 'OPTION_INVALID'],
    ['an invalid ack timeout', { ackTimeout: 'soon' }, 'OPTION_INVALID'],
    ['an invalid settle time', { settle: '-1s' }, 'OPTION_INVALID'],
    ['an invalid fast answer', { fastAck: 0 }, 'OPTION_INVALID'],
    ['an invalid download time', { downloadWithin: '' }, 'OPTION_INVALID'],
    ['an invalid poll time', { pollWithin: 'x' }, 'OPTION_INVALID'],
  ])('are rejected with %s, before anything is sent', (_what, change, code) => {
    expect(() => readReceiverSettings({ ...OPTIONS, ...change })).toThrow(expect.objectContaining({ code }));
  });
});
