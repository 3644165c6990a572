import { describe, expect, it } from 'vitest';
import type { Pack } from '../../packs/pack.ts';
import { createEvidence, onEvidence } from './evidence.ts';
import type { StrayCall } from './stray-call.ts';

function packOf(name: string, scheme: string, header?: string): Pack {
  const headers = header === undefined ? [] : [header.toLowerCase()];
  return {
    name,
    auth: { places: [{ in: 'header', name: 'authorization', scheme: scheme.toLowerCase(), text: '' }] },
    traits: { basePaths: [], headers },
  } as unknown as Pack;
}

const ACME = packOf('acme', 'Bearer', 'X-Acme-Version');
const ZENITH = packOf('zenith', 'Token');
const NADIR = packOf('nadir', 'Bearer');
const evidence = createEvidence([ACME, ZENITH, NADIR]);

function callWith({
  headers = [],
  scheme = null,
  called = [],
}: {
  readonly headers?: readonly string[];
  readonly scheme?: string | null;
  readonly called?: readonly string[];
}): StrayCall {
  return {
    method: 'GET',
    path: '/',
    hasHeader: (name) => headers.includes(name),
    hasKeyAt: (place) => place.scheme === scheme,
    called: new Set(called),
  };
}

describe('the evidence of a call', () => {
  it.each([
    ['a header that only one vendor documents', { headers: ['x-acme-version'] }, ACME],
    ['a scheme that only one vendor accepts', { scheme: 'token' }, ZENITH],
    ['previous calls with the same key', { scheme: 'bearer', called: ['nadir'] }, NADIR],
  ])('decides by %s', (_, parts, expected) => {
    const call = callWith(parts);
    expect(evidence.choose([ACME, ZENITH, NADIR], call)).toBe(expected);
    expect(onEvidence(evidence.weigh([ACME, ZENITH, NADIR], call))).toBe(expected);
  });

  it('does not decide if several vendors remain', () => {
    expect(evidence.choose([ACME, ZENITH, NADIR], callWith({ scheme: 'bearer' }))).toBeNull();
    expect(evidence.weigh([ACME, ZENITH, NADIR], callWith({ scheme: 'bearer' }))).toEqual({
      left: [ACME, NADIR],
      hasEvidence: true,
    });
  });

  it('is not needed for a single candidate', () => {
    expect(evidence.choose([ZENITH], callWith({ scheme: 'bearer' }))).toBe(ZENITH);
    expect(onEvidence(evidence.weigh([ZENITH], callWith({})))).toBeNull();
  });

  it('does not consist of what applies to all vendors', () => {
    const call = callWith({ called: ['acme', 'zenith', 'nadir'] });
    expect(evidence.weigh([ACME, ZENITH, NADIR], call).hasEvidence).toBe(false);
  });
});
