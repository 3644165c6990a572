import type { OpenAPIV3_1 } from 'openapi-types';
import { listOperations, resolve } from '../../packs/document.ts';
import type { Pack } from '../../packs/pack.ts';
import { misspelling, repairsOf, type Shape, segmentsOf, shapeOf, sharedPrefix } from './stray-paths.ts';

/** The parts of a call that help to find the vendor it was meant for, when it does not match any operation. */
export interface StrayCall {
  readonly method: string;
  readonly path: string;
  hasHeader(name: string): boolean;
  /** Scheme of the Authorization header; null without one. */
  readonly scheme: string | null;
  /** Packs whose operations this key has called before. */
  readonly called: ReadonlySet<string>;
}

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

interface KnownRoute {
  readonly pack: Pack;
  readonly method: string;
  readonly line: string;
  readonly shape: Shape;
  readonly isMocked: boolean;
}

/**
 * Creates a recognizer for the packs.
 * @param mounts prefix by pack name
 */
export function createRecognizer(
  packs: readonly Pack[],
  mounts: Readonly<Record<string, string>>,
): Recognizer {
  const routes = packs.flatMap((pack) => routesOf(pack, mounts[pack.name] ?? ''));
  const served = packs.flatMap((pack) => servedShapes(pack));
  const headers = new Map(packs.map((pack) => [pack, headersOf(pack)]));

  /**
   * Narrows down the candidates by each kind of evidence.
   * @returns the remaining packs, and whether there was any evidence
   */
  function weigh(
    candidates: readonly Pack[],
    call: StrayCall,
  ): { left: readonly Pack[]; hasEvidence: boolean } {
    const tests: readonly ((pack: Pack) => boolean)[] = [
      (pack) => (headers.get(pack) ?? []).some((name) => call.hasHeader(name)),
      (pack) => call.scheme !== null && pack.auth.schemes.some((own) => own.toLowerCase() === call.scheme),
      (pack) => call.called.has(pack.name),
    ];
    let left = candidates;
    let hasEvidence = false;
    for (const test of tests) {
      const kept = left.filter(test);
      if (kept.length === 0 || kept.length === packs.length) continue;
      hasEvidence = true;
      left = kept;
    }
    return { left, hasEvidence };
  }

  function choose(candidates: readonly Pack[], call: StrayCall): Pack | null {
    const [only, ...more] = candidates;
    if (only !== undefined && more.length === 0) return only;
    const { left } = weigh(candidates, call);
    return left.length === 1 ? (left[0] ?? null) : null;
  }

  function byRepair(call: StrayCall): Recognition | null {
    for (const { matches, because, isGuess } of repairsOf(call.path)) {
      const found = routes.filter(
        ({ shape, pack }) => matches(shape) && !(isGuess && isUsedElsewhere(pack, call)),
      );
      if (found.length === 0) continue;
      const pack = choose([...new Set(found.map((route) => route.pack))], call);
      if (pack === null) continue;
      const own = found.filter((route) => route.pack === pack);
      const route = own.find(({ method }) => method === call.method) ?? own[0];
      return { pack, meant: route?.line ?? null, because };
    }
    return null;
  }

  /** Returns the packs with the longest path prefix in common with the call. */
  function byPrefix(segments: readonly string[]): Pack[] {
    const lengths = [...routes, ...served].map(({ pack, shape }) => ({
      pack,
      length: sharedPrefix(shape, segments),
    }));
    const longest = Math.max(0, ...lengths.map(({ length }) => length));
    if (longest === 0) return [];
    return [...new Set(lengths.filter(({ length }) => length === longest).map(({ pack }) => pack))];
  }

  /**
   * Returns the most similar route of these packs, if it is similar enough and no route of another pack is as similar.
   */
  function nearest(
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

  return {
    vendors: packs.map((pack) => ({
      pack: pack.name,
      title: pack.title,
      paths: commonPath(routes.filter((route) => route.pack === pack && route.isMocked)),
    })),
    choose,
    notMocked(method, path) {
      const segments = segmentsOf(path);
      return routes
        .filter(
          (route) => !route.isMocked && route.method === method && isExactly(route.shape, path, segments),
        )
        .map(({ pack }) => pack);
    },
    recognize(call) {
      const repaired = byRepair(call);
      if (repaired !== null) return repaired;
      const segments = segmentsOf(call.path);
      const alike = byPrefix(segments);
      const candidates = alike.length > 0 ? alike : packs;
      const chosen = alike.length > 0 ? choose(alike, call) : onEvidence(weigh(packs, call));
      // If several vendors share the prefix, a misspelling after it may still identify one of them.
      const route = nearest(chosen === null ? alike : [chosen], call, segments);
      const pack = chosen ?? (candidates === alike ? (route?.pack ?? null) : null);
      return { pack, meant: pack === null ? null : (route?.line ?? null), because: '' };
    },
  };
}

/** Returns whether the key has called other vendors, but never this one. */
function isUsedElsewhere({ name }: Pack, { called }: StrayCall): boolean {
  return called.size > 0 && !called.has(name);
}

function onEvidence({ left, hasEvidence }: { left: readonly Pack[]; hasEvidence: boolean }): Pack | null {
  return hasEvidence && left.length === 1 ? (left[0] ?? null) : null;
}

function byMethod({ method }: KnownRoute, call: StrayCall): number {
  return Number(method === call.method);
}

function isExactly(shape: Shape, path: string, segments: readonly string[]): boolean {
  // Segments leave out empty parts, so a path with consecutive slashes differs from its joined segments.
  return (
    path === `/${segments.join('/')}` &&
    shape.length === segments.length &&
    shape.every((part, index) => part === null || part === segments[index])
  );
}

function routesOf(pack: Pack, mount: string): KnownRoute[] {
  const route = (isMocked: boolean) => (one: { readonly method: string; readonly path: string }) => ({
    pack,
    method: one.method,
    line: `${one.method} ${mount}${one.path}`,
    shape: shapeOf(mount + one.path),
    isMocked,
  });
  return [...pack.operations.map(route(true)), ...pack.notMocked.map(route(false))];
}

/** Returns the paths at the vendor's own server, if its address contains a path. */
function servedShapes(pack: Pack): { readonly pack: Pack; readonly shape: Shape }[] {
  const bases = (pack.document.servers ?? []).map(({ url }) => basePathOf(url)).filter((base) => base !== '');
  return bases.flatMap((base) => pack.operations.map(({ path }) => ({ pack, shape: shapeOf(base + path) })));
}

function basePathOf(url: string): string {
  if (!URL.canParse(url, 'http://server')) return '';
  return new URL(url, 'http://server').pathname.replace(/\/+$/, '');
}

/** Returns the names of the request headers in a pack's document, in lower case. */
function headersOf({ document }: Pack): string[] {
  const names = listOperations(document).flatMap(({ path, operation }) =>
    [...(document.paths?.[path]?.parameters ?? []), ...(operation.parameters ?? [])].flatMap((reference) => {
      const parameter = resolve<OpenAPIV3_1.ParameterObject>(document, reference);
      return parameter?.in === 'header' ? [parameter.name.toLowerCase()] : [];
    }),
  );
  return [...new Set(names)];
}

/** Returns the fixed segments that all routes begin with. */
function commonPath(routes: readonly KnownRoute[]): string {
  const [first = [], ...others] = routes.map(({ shape }) => shape);
  const end = first.findIndex(
    (part, index) => part === null || others.some((shape) => shape[index] !== part),
  );
  return `/${first.slice(0, end < 0 ? first.length : end).join('/')}`;
}
