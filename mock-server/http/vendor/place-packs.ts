import { CodedError } from '../../core/coded-error.ts';
import { inDocumentedOrder } from '../../packs/in-documented-order.ts';
import type { Pack } from '../../packs/pack.ts';
import { createRouteOverlap, overlap, type RouteOverlap } from './route-overlap.ts';

/** The part of a pack that decides where it is served. */
export type Placeable = Pick<Pack, 'name' | 'dir' | 'routes'>;

/** Where a pack is served. */
export interface PackSite<One extends Placeable = Pack> {
  readonly pack: One;
  /** Its own prefix, such as `/acme`, which is that of `mounts` if it has one. */
  readonly base: string;
  /** All prefixes of its paths, preferred ones first; that of the root is empty. */
  readonly bases: readonly string[];
  /** The pack whose paths keep this one away from the root; null if it is at the root or was moved by `mounts`. */
  readonly displacedBy: string | null;
}

/**
 * Decides where packs are served: each at `/NAME`, and also at the root unless one of its paths is a path of a pack that
 * has precedence. Built-in packs precede others, and each list keeps its order, so an added pack never moves another.
 * @param mounts prefix by pack name, which replaces the place at the root
 * @throws {CodedError} PACK_CONFLICT when packs have the same name, or are moved to the same paths
 */
export function placePacks<One extends Placeable>(
  packs: readonly One[],
  mounts: Readonly<Record<string, string>>,
): PackSite<One>[] {
  const byName = namesOf(packs);
  const taken = createRouteOverlap<string>();
  const places = new Map<string, PackSite<One>>();
  for (const pack of packs) {
    const mount = mounts[pack.name];
    if (mount !== undefined) places.set(pack.name, mountPack(pack, mount, { taken, byName }));
  }
  for (const pack of byPrecedence(packs)) {
    if (mounts[pack.name] !== undefined) continue;
    const base = `/${pack.name}`;
    const displacedBy = rivalOf(pack, { taken, byName });
    if (displacedBy === null) claim(taken, pack, '');
    places.set(pack.name, { pack, base, bases: displacedBy === null ? ['', base] : [base], displacedBy });
  }
  return packs.flatMap(({ name }) => places.get(name) ?? []);
}

interface Claims<One extends Placeable> {
  readonly taken: RouteOverlap<string>;
  readonly byName: ReadonlyMap<string, One>;
}

function namesOf<One extends Placeable>(packs: readonly One[]): Map<string, One> {
  const byName = new Map<string, One>();
  for (const pack of packs) {
    const other = byName.get(pack.name);
    if (other !== undefined) {
      throw new CodedError(
        'PACK_CONFLICT',
        `two packs have the name "${pack.name}": ${other.dir} and ${pack.dir}`,
        'Rename one of them in its lifecycle.yaml, or load only one.',
      );
    }
    byName.set(pack.name, pack);
  }
  return byName;
}

/** Packs that could have any path come last, because all others would be displaced by them. */
function byPrecedence<One extends Placeable>(packs: readonly One[]): One[] {
  const isOpen = ({ routes }: One): boolean => routes.some(({ path }) => path.startsWith('/{+'));
  const ordered = inDocumentedOrder(packs);
  return [...ordered.filter((pack) => !isOpen(pack)), ...ordered.filter(isOpen)];
}

function mountPack<One extends Placeable>(
  pack: One,
  base: string,
  { taken, byName }: Claims<One>,
): PackSite<One> {
  for (const { method, path } of pack.routes) {
    const line = base + path;
    const other = taken.find(method, line) ?? prefixOwner(method, line, { byName, except: pack.name });
    if (other === null) continue;
    throw new CodedError(
      'PACK_CONFLICT',
      `packs "${other}" and "${pack.name}" both claim ${method} ${line}`,
      `Move one of them to another prefix, such as --mount ${pack.name}=/mock/${pack.name}.`,
    );
  }
  claim(taken, pack, base);
  const own = `/${pack.name}`;
  return { pack, base, bases: own === base ? [base] : [base, own], displacedBy: null };
}

function rivalOf<One extends Placeable>(pack: One, { taken, byName }: Claims<One>): string | null {
  for (const { method, path } of pack.routes) {
    const rival = taken.find(method, path) ?? prefixOwner(method, path, { byName, except: pack.name });
    if (rival !== null) return rival;
  }
  return null;
}

/** Returns the pack that serves a path under its name. */
function prefixOwner<One extends Placeable>(
  method: string,
  path: string,
  { byName, except }: { readonly byName: ReadonlyMap<string, One>; readonly except: string },
): string | null {
  const end = path.indexOf('/', 1);
  const pack = end < 0 ? undefined : byName.get(path.slice(1, end));
  if (pack === undefined || pack.name === except) return null;
  const rest = path.slice(end);
  return pack.routes.some((route) => route.method === method && overlap(route.path, rest)) ? pack.name : null;
}

function claim(taken: RouteOverlap<string>, { name, routes }: Placeable, base: string): void {
  for (const { method, path } of routes) taken.add(method, base + path, name);
}
