import { describe, expect, it } from 'vitest';
import type { Pack } from '../../packs/pack.ts';
import { createRouter } from './router.ts';

/** Creates packs that count how often they are compiled. */
function lazyPacks(count: number) {
  const compiled: string[] = [];
  const packs = Array.from({ length: count }, (_, index) => {
    const name = `vendor-${index}`;
    const routes = [
      { id: 'create', method: 'POST', path: `/v1/${name}` },
      { id: 'read', method: 'GET', path: `/v1/${name}/{id}` },
    ];
    return {
      ...{ name, title: name, dir: name, routes, notMocked: [] },
      auth: { schemes: ['Bearer'], places: [] },
      reach: null,
      traits: { basePaths: [], headers: [] },
      get operations() {
        compiled.push(name);
        return routes;
      },
    } as unknown as Pack;
  });
  return { packs, compiled };
}

describe('a router for many packs', () => {
  it('compiles only the packs that calls address', () => {
    const { packs, compiled } = lazyPacks(60);
    const router = createRouter(packs, {});
    expect(compiled).toEqual([]);
    expect(router.find('GET', '/v1/vendor-7/abc')).toMatchObject({ base: '', pathParams: { id: 'abc' } });
    expect(router.find('GET', '/vendor-9/v1/vendor-9/abc')).toMatchObject({ base: '/vendor-9' });
    expect(router.find('GET', '/nothing')).toBeNull();
    expect([...new Set(compiled)]).toEqual(['vendor-7', 'vendor-9']);
  });

  it('recognizes stray calls without compiling packs', () => {
    const { packs, compiled } = lazyPacks(60);
    const { recognizer } = createRouter(packs, {});
    const call = {
      method: 'POST',
      hasHeader: () => false,
      hasKeyAt: () => false,
      scheme: null,
      called: new Set<string>(),
    };
    expect(recognizer.recognize({ ...call, path: '/vendor-9/v1/vendor-9/' }).pack?.name).toBe('vendor-9');
    expect(compiled).toEqual([]);
  });

  it('returns the same match for each call of a path without parameters', () => {
    const router = createRouter(lazyPacks(2).packs, {});
    expect(router.find('POST', '/v1/vendor-1')).toBe(router.find('POST', '/v1/vendor-1'));
  });
});
