import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { acmeWith, type PackPatch } from '../../fixtures/packs/acme-with.ts';
import { loadPack } from './load-pack.ts';

const written: string[] = [];
afterEach(() => {
  for (const dir of written.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function textsOf(patch: PackPatch): string[] {
  const dir = acmeWith(patch);
  written.push(dir);
  return loadPack(dir).auth.places.map(({ text }) => text);
}

function schemes(securitySchemes: object, security: unknown = null): PackPatch {
  return { document: { security, components: { securitySchemes: { bearer: null, ...securitySchemes } } } };
}

describe('the places of a key', () => {
  it.each([
    ['OAuth', { a: { type: 'oauth2', flows: {} } }, ['Authorization: Bearer KEY']],
    ['another scheme of HTTP', { a: { type: 'http', scheme: 'token' } }, ['Authorization: Token KEY']],
    ['no scheme', {}, ['Authorization: Bearer KEY']],
    [
      'a scheme that cannot be mocked, next to one that can',
      { a: { type: 'mutualTLS' }, b: { type: 'apiKey', in: 'header', name: 'X-Pass' } },
      ['X-Pass: KEY'],
    ],
  ])('follow the definitions where no operation requires one: %s', (_, defined, expected) => {
    expect(textsOf(schemes(defined))).toEqual(expected);
  });

  it('are only those in use, in the order of the requirements', () => {
    const defined = {
      a: { type: 'apiKey', in: 'header', name: 'A' },
      b: { type: 'apiKey', in: 'query', name: 'b' },
      c: { $ref: '#/components/securitySchemes/b' },
      unused: { type: 'http', scheme: 'bearer' },
    };
    expect(textsOf(schemes(defined, [{ c: [] }, { a: [] }, { b: [] }]))).toEqual(['?b=KEY', 'A: KEY']);
  });

  it('are the schemes of the lifecycle instead of documented ones, and the other documented places', () => {
    expect(
      textsOf({
        lifecycle: { auth: { schemes: ['Token', 'Key'] } },
        document: {
          security: [{ bearer: [] }, { pass: [] }],
          components: { securitySchemes: { pass: { type: 'apiKey', in: 'query', name: 'pass' } } },
        },
      }),
    ).toEqual(['Authorization: Token KEY', 'Authorization: Key KEY', '?pass=KEY']);
  });

  it('are refused when a requirement names a scheme that does not exist', () => {
    expect(() => textsOf(schemes({}, [{ pass: [] }]))).toThrow(
      /openapi\.yaml.*security\/0.*"pass" is not defined under components\/securitySchemes/s,
    );
  });

  it('are refused when none of them can be mocked', () => {
    expect(() => textsOf(schemes({ a: { type: 'apiKey', in: 'cookie', name: 'sid' } }))).toThrow(
      /none of the schemes in use can be mocked/,
    );
  });
});
