import { describe, expect, it } from 'vitest';
import type { Pack } from '../../packs/pack.ts';
import { commonPath, isExactly, routesOf, servedShapes } from './known-routes.ts';
import { segmentsOf, shapeOf } from './stray-paths.ts';

const PACK = {
  name: 'acme',
  routes: [
    { method: 'POST', path: '/v1/clips' },
    { method: 'GET', path: '/v1/clips/{id}' },
  ],
  notMocked: [{ method: 'GET', path: '/v1/usage' }],
  traits: { basePaths: ['/video'], headers: [] },
} as unknown as Pack;

describe('the routes of a pack', () => {
  it('have its prefix, and include operations that are not mocked', () => {
    expect(routesOf(PACK, '/acme').map(({ line, isMocked }) => [line, isMocked])).toEqual([
      ['POST /acme/v1/clips', true],
      ['GET /acme/v1/clips/{id}', true],
      ['GET /acme/v1/usage', false],
    ]);
  });

  it('have further shapes if the address of the vendor contains a path', () => {
    expect(servedShapes(PACK).map(({ shape }) => shape)).toEqual([
      ['video', 'v1', 'clips'],
      ['video', 'v1', 'clips', null],
    ]);
  });

  it.each([
    [['/v1/clips', '/v1/clips/{id}'], '/v1/clips'],
    [['/v1/clips', '/v1/images'], '/v1'],
    [['/{tenant}/clips', '/{tenant}/images'], '/'],
    [['/clips', '/images'], '/'],
    [[], '/'],
  ])('%j begin with %s', (paths, expected) => {
    const routes = paths.map((path) => ({
      pack: PACK,
      method: 'GET',
      line: path,
      shape: shapeOf(path),
      isMocked: true,
    }));
    expect(commonPath(routes)).toBe(expected);
  });
});

describe('a path', () => {
  it.each([
    ['/v1/clips/5', true],
    ['/v1/clips', false],
    ['/v1/clips/5/more', false],
    ['/v1//clips/5', false],
    ['/v2/clips/5', false],
  ])('%s is exactly that of /v1/clips/{id}: %s', (path, expected) => {
    expect(isExactly(shapeOf('/v1/clips/{id}'), path, segmentsOf(path))).toBe(expected);
  });
});
