import type { Pack } from '../../packs/pack.ts';
import { type Shape, shapeOf } from './stray-paths.ts';

/** A route of a pack, as calls address it. */
export interface KnownRoute {
  readonly pack: Pack;
  readonly method: string;
  readonly line: string;
  readonly shape: Shape;
  readonly isMocked: boolean;
}

/** Returns the routes of a pack, with a prefix. */
export function routesOf(pack: Pack, base: string): KnownRoute[] {
  const route = (isMocked: boolean) => (one: { readonly method: string; readonly path: string }) => ({
    pack,
    method: one.method,
    line: `${one.method} ${base}${one.path}`,
    shape: shapeOf(base + one.path),
    isMocked,
  });
  return [...pack.routes.map(route(true)), ...pack.notMocked.map(route(false))];
}

/** Returns the paths at the vendor's own server, if its address contains a path. */
export function servedShapes(pack: Pack): { readonly pack: Pack; readonly shape: Shape }[] {
  return pack.traits.basePaths.flatMap((base) =>
    pack.routes.map(({ path }) => ({ pack, shape: shapeOf(base + path) })),
  );
}

/** Returns whether a path is that of a route, without any repair. */
export function isExactly(shape: Shape, path: string, segments: readonly string[]): boolean {
  // Segments leave out empty parts, so a path with consecutive slashes differs from its joined segments.
  return (
    path === `/${segments.join('/')}` &&
    shape.length === segments.length &&
    shape.every((part, index) => part === null || part === segments[index])
  );
}

/** Returns the fixed segments that all routes begin with. */
export function commonPath(routes: readonly KnownRoute[]): string {
  const [first = [], ...others] = routes.map(({ shape }) => shape);
  const end = first.findIndex(
    (part, index) => part === null || others.some((shape) => shape[index] !== part),
  );
  return `/${first.slice(0, end < 0 ? first.length : end).join('/')}`;
}
