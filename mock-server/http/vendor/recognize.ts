import type { Pack } from '../../packs/pack.ts';
import type { KeyPlace } from '../../packs/vendor-rules.ts';
import { createEvidence, type Evidence, onEvidence } from './evidence.ts';
import { commonPath, isExactly, type KnownRoute, routesOf, servedShapes } from './known-routes.ts';
import type { PackSite } from './place-packs.ts';
import type { StrayCall } from './stray-call.ts';
import { misspelling, repairsOf, segmentsOf, sharedPrefix } from './stray-paths.ts';

export interface Recognition {
  /** Null when nothing indicates a vendor. */
  readonly pack: Pack | null;
  /** The most similar operation, like `GET /v2/clips/{id}`. */
  readonly meant: string | null;
  /** A hint about the mistake in the path; empty when unknown. */
  readonly because: string;
}

/** The common beginning of a vendor's paths. */
export interface VendorPaths {
  readonly pack: string;
  readonly title: string;
  readonly paths: string;
}

export interface Recognizer {
  readonly vendors: readonly VendorPaths[];
  /** Places of keys of all packs. */
  readonly keyPlaces: readonly KeyPlace[];
  /**
   * Finds the vendor that a call without a matching operation was meant for. Similar spelling and the order of packs
   * are never enough.
   */
  recognize(call: StrayCall): Recognition;
  /** Lists the packs that declare this operation as existing at their vendor but not mocked. */
  notMocked(method: string, path: string): readonly Pack[];
  /**
   * Chooses one of several packs by the headers of the call, its key and previous calls; null if these do not decide.
   */
  choose(packs: readonly Pack[], call: StrayCall): Pack | null;
}

/** Creates a recognizer for the packs. */
export function createRecognizer(served: readonly PackSite[]): Recognizer {
  const packs = served.map(({ pack }) => pack);
  const routes = served.flatMap(({ pack, bases }) => bases.flatMap((base) => routesOf(pack, base)));
  const places = [...routes, ...packs.flatMap((pack) => servedShapes(pack))];
  const evidence = createEvidence(packs);
  return {
    vendors: served.map(({ pack, bases: [base = ''] }) => ({
      pack: pack.name,
      title: pack.title,
      paths: commonPath(routesOf(pack, base).filter(({ isMocked }) => isMocked)),
    })),
    keyPlaces: packs.flatMap(({ auth }) => auth.places),
    choose: evidence.choose,
    notMocked(method, path) {
      const segments = segmentsOf(path);
      return routes
        .filter(
          (route) => !route.isMocked && route.method === method && isExactly(route.shape, path, segments),
        )
        .map(({ pack }) => pack);
    },
    recognize(call) {
      const repaired = byRepair(call, routes, evidence);
      if (repaired !== null) return repaired;
      const segments = segmentsOf(call.path);
      const alike = byPrefix(places, segments);
      const candidates = alike.length > 0 ? alike : packs;
      const chosen =
        alike.length > 0 ? evidence.choose(alike, call) : onEvidence(evidence.weigh(packs, call));
      // If several vendors share the prefix, a misspelling after it may still identify one of them.
      const route = nearest(routes, chosen === null ? alike : [chosen], call, segments);
      const pack = chosen ?? (candidates === alike ? (route?.pack ?? null) : null);
      return { pack, meant: pack === null ? null : (route?.line ?? null), because: '' };
    },
  };
}

/** Finds a route whose path differs by one of the known mistakes. */
function byRepair(call: StrayCall, routes: readonly KnownRoute[], evidence: Evidence): Recognition | null {
  for (const { matches, because, isGuess } of repairsOf(call.path)) {
    const found = routes.filter(
      ({ shape, pack }) => matches(shape) && !(isGuess && isUsedElsewhere(pack, call)),
    );
    if (found.length === 0) continue;
    const pack = evidence.choose([...new Set(found.map((route) => route.pack))], call);
    if (pack === null) continue;
    const own = found.filter((route) => route.pack === pack);
    const route = own.find(({ method }) => method === call.method) ?? own[0];
    return { pack, meant: route?.line ?? null, because };
  }
  return null;
}

/** Returns the packs with the longest path prefix in common with the call. */
function byPrefix(
  places: readonly Pick<KnownRoute, 'pack' | 'shape'>[],
  segments: readonly string[],
): Pack[] {
  const lengths = places.map(({ pack, shape }) => ({ pack, length: sharedPrefix(shape, segments) }));
  const longest = Math.max(0, ...lengths.map(({ length }) => length));
  if (longest === 0) return [];
  return [...new Set(lengths.filter(({ length }) => length === longest).map(({ pack }) => pack))];
}

/** Returns the most similar route of these packs, if it is similar enough and no route of another pack is as similar. */
function nearest(
  routes: readonly KnownRoute[],
  candidates: readonly Pack[],
  call: StrayCall,
  segments: readonly string[],
): KnownRoute | null {
  const near = routes
    .filter(({ pack, isMocked }) => isMocked && candidates.includes(pack))
    .map((route) => ({ route, ...misspelling(route.shape, segments) }))
    .filter(({ cost, tolerance }) => cost <= tolerance)
    // Among equally similar routes, one with the method of the call is preferred.
    .sort((a, b) => a.cost - b.cost || byMethod(b.route, call) - byMethod(a.route, call));
  const [best] = near;
  if (best === undefined) return null;
  const rival = near.find(({ route, cost }) => route.pack !== best.route.pack && cost === best.cost);
  return rival === undefined ? best.route : null;
}

/** Returns whether the key has called other vendors, but never this one. */
function isUsedElsewhere({ name }: Pack, { called }: StrayCall): boolean {
  return called.size > 0 && !called.has(name);
}

function byMethod({ method }: KnownRoute, call: StrayCall): number {
  return Number(method === call.method);
}
