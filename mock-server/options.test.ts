import { describe, expect, it } from 'vitest';
import { readSettings } from './options.ts';

const rateOf = (rateLimit?: string) =>
  readSettings(rateLimit === undefined ? {} : { rateLimit }, '1.0.0').rate;

describe('the option rateLimit', () => {
  it('defaults to the limit of the pack', () => {
    expect(rateOf()).toBe('as-documented');
  });

  it('removes the limit if it is "off"', () => {
    expect(rateOf('off')).toBeNull();
  });

  it.each([
    ['20/10s', 20, 10_000],
    ['1/1ms', 1, 1],
    ['3/1.5m', 3, 90_000],
    ['100/1h30m', 100, 5_400_000],
  ])('accepts a number of submissions and a duration: %s', (text, submissions, perMs) => {
    expect(rateOf(text)).toStrictEqual({ submissions, perMs, retryAfter: false });
  });

  it.each([
    '',
    '20',
    '/',
    '20/',
    '/10s',
    '0/10s',
    '20/0s',
    '-1/10s',
    '1.5/10s',
    '20/10',
    '20 / 10s',
    '20/s',
    '20/10s/5',
    'on',
    'OFF',
    '99999999999999999/1s',
  ])('rejects "%s" and names the accepted form', (text) => {
    expect(() => rateOf(text)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: `rateLimit must be a number of submissions and a duration, like 20/10s, or off, got ${JSON.stringify(text)}`,
      }),
    );
  });
});
