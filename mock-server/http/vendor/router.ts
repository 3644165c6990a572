import type { Operation, Pack } from '../../packs/pack.ts';
import { type PackSite, placePacks } from './place-packs.ts';
import { createReachByHeader, type ReachByHeader } from './reach-by-header.ts';
import { createRecognizer, type Recognizer } from './recognize.ts';
import { createRouteTable, type RouteTable } from './route-table.ts';

export interface Target {
  readonly pack: Pack;
  readonly operation: Operation;
}

export interface Match extends Target {
  readonly pathParams: Readonly<Record<string, string>>;
  /** The prefix of the path in front of the vendor's own; empty at the root. */
  readonly base: string;
}

/** Finds the operation for a method and path. Most paths need a single look-up. */
export interface Router {
  find(method: string, path: string): Match | null;
  /** Finds the path of a request that names a URL of its vendor in a header. */
  readonly reach: ReachByHeader;
  /** Where each pack is served. */
  readonly places: readonly PackSite[];
  /** Returns whether a text is a prefix at which a pack is served. */
  isBase(text: string): boolean;
  /** Finds the vendor of calls that do not match any operation. */
  readonly recognizer: Recognizer;
}

/** Returns the same match for each call of a route without parameters. */
type RouteSlot = () => Match;

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Creates a router for the packs.
 * @param mounts prefix by pack name, instead of the root
 * @throws {CodedError} PACK_CONFLICT when packs have the same name, or are moved to the same paths
 */
export function createRouter(packs: readonly Pack[], mounts: Readonly<Record<string, string>>): Router {
  const places = placePacks(packs, mounts);
  const root = createRouteTable<RouteSlot>();
  const byName = new Map(places.map(({ pack }) => [pack.name, pack]));
  const bases = new Set(places.flatMap((place) => place.bases));
  const tables = new Map<string, RouteTable<RouteSlot>>();
  let recognizer: Recognizer | undefined;

  for (const { pack, bases: own } of places) {
    for (const base of own) if (base !== `/${pack.name}`) addRoutes(root, pack, base);
  }

  /** Returns the routes of the pack whose name is the first segment, which are prepared at its first call. */
  function tableOf(name: string): RouteTable<RouteSlot> | null {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const pack = byName.get(name);
    if (pack === undefined) return null;
    const table = createRouteTable<RouteSlot>();
    addRoutes(table, pack, `/${name}`);
    tables.set(name, table);
    return table;
  }

  function findPrefixed(method: string, path: string): Match | null {
    const end = path.indexOf('/', 1);
    const table = end < 0 ? null : tableOf(path.slice(1, end));
    if (table === null) return null;
    return table.findFixed(method, path)?.() ?? matchPattern(table, method, path);
  }

  return {
    places,
    reach: createReachByHeader(places),
    find(method, path) {
      return (
        root.findFixed(method, path)?.() ?? findPrefixed(method, path) ?? matchPattern(root, method, path)
      );
    },
    isBase: (text) => bases.has(text),
    get recognizer() {
      recognizer ??= createRecognizer(places);
      return recognizer;
    },
  };
}

function addRoutes(table: RouteTable<RouteSlot>, pack: Pack, base: string): void {
  for (const [index, { method, path }] of pack.routes.entries()) {
    table.add(method, base + path, slotOf(pack, index, base));
  }
}

/** Returns a function that finds an operation on first use, because packs are not compiled before they are used. */
function slotOf(pack: Pack, index: number, base: string): RouteSlot {
  let match: Match | undefined;
  return () => {
    match ??= { pack, operation: operationAt(pack, index), pathParams: NO_PARAMS, base };
    return match;
  };
}

function operationAt({ name, operations }: Pack, index: number): Operation {
  const operation = operations[index];
  if (operation === undefined) throw new Error(`route ${index} of pack ${name} has no operation`);
  return operation;
}

function matchPattern(table: RouteTable<RouteSlot>, method: string, path: string): Match | null {
  const found = table.findPattern(method, path);
  if (found === null) return null;
  const { pack, operation, base } = found.target();
  return { pack, operation, pathParams: found.pathParams, base };
}
