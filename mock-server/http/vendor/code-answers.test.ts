import { describe, expect, it } from 'vitest';
import type { Pack } from '../../packs/pack.ts';
import { codeAnswer, requestedRefusal } from './code-answers.ts';

const LIMITED = { status: 429, body: '{"code":429}', headers: { 'x-request': '1' } };

function packWith(rate: { readonly perMs: number; readonly retryAfter: boolean } | null): Pack {
  return {
    rate,
    errors: {
      codeOf: (role: string) => (role === 'rateLimited' ? '429' : null),
      forCode: (code: string) =>
        code === '429' ? LIMITED : code === '500' ? { status: 500, body: '{}' } : null,
    },
  } as unknown as Pack;
}

describe('the answer for a requested code', () => {
  it("is the vendor's if its table has the code", () => {
    expect(codeAnswer(packWith(null), '429')).toBe(LIMITED);
  });

  it('is that of a gateway for other codes', () => {
    const { status, error, body } = codeAnswer(packWith(null), '502');
    expect([status, error]).toEqual([502, '502']);
    expect(body).toContain('<h1>502</h1>');
  });

  it.each([
    ['has no Retry-After by default', null, null, undefined],
    ['has the Retry-After of the vendor, in whole seconds', { perMs: 1500, retryAfter: true }, null, '2'],
    ['has no Retry-After if the vendor sends none', { perMs: 1500, retryAfter: false }, null, undefined],
    ['has the Retry-After of the option', { perMs: 1500, retryAfter: true }, 7, '7'],
  ])('%s', (_, rate, option, expected) => {
    const { headers } = requestedRefusal(packWith(rate), '429', option);
    expect(headers?.['retry-after']).toBe(expected);
    expect(headers?.['x-request']).toBe('1');
  });

  it('has a Retry-After only for the code of the rate limit', () => {
    expect(requestedRefusal(packWith(null), '500', 7)).toEqual({ status: 500, body: '{}' });
  });
});
