import { CodedError } from './core/coded-error.ts';
import type { Engine } from './engine/engine.ts';
import type { PackSite } from './http/vendor/place-packs.ts';
import { createRouter, type Router } from './http/vendor/router.ts';
import type { Journal } from './journal/journal.ts';
import type { MockServerOptions } from './options.ts';
import { loadPack } from './packs/load-pack.ts';
import type { LoadedPacks } from './packs/loaded-packs.ts';
import type { Pack } from './packs/pack.ts';
import { type PackWatch, watchPacks } from './packs/watch-packs.ts';

/** A router whose routes can be replaced while requests arrive. */
export interface LiveRouter extends Router {
  replace(routes: Router): void;
}

export function createLiveRouter(first: Router): LiveRouter {
  let routes = first;
  return {
    find: (method, path) => routes.find(method, path),
    get places() {
      return routes.places;
    },
    isBase: (text) => routes.isBase(text),
    reach: (headers) => routes.reach(headers),
    get recognizer() {
      return routes.recognizer;
    },
    replace(changed) {
      routes = changed;
    },
  };
}

/** Returns a message for each pack that has lost its place at the root. */
function displacements(before: readonly PackSite[], after: readonly PackSite[]): string[] {
  return after.flatMap(({ pack, base, displacedBy }, index) =>
    displacedBy === null || before[index]?.displacedBy !== null
      ? []
      : [
          `the pack "${pack.name}" is no longer served at the root, because it has a path in common with ${displacedBy}; call it at ${base}`,
        ],
  );
}

interface Reloading {
  readonly shelf: LoadedPacks;
  readonly router: LiveRouter;
  readonly engine: Pick<Engine, 'refuseIncomplete'>;
  readonly journal: Pick<Journal, 'append' | 'secrets'>;
}

/** Reloads edited packs with the option `watch`. @returns null when no pack is watched */
export function watchEdits(
  { packs = [], watch = false, mounts = {}, onTrouble = () => undefined }: MockServerOptions,
  { shelf, router, engine, journal }: Reloading,
): PackWatch | null {
  const edited = shelf.list.filter(({ dir }) => packs.includes(dir));
  if (!watch || edited.length === 0) return null;

  /** Loads a pack from its files again. Throws, and keeps the previous version, when that fails. */
  function reload(old: Pack): void {
    const pack = loadPack(old.dir, old.profile);
    const changed = createRouter(shelf.with(pack), mounts);
    engine.refuseIncomplete(pack);
    journal.secrets.learnPlaces(pack.auth.places);
    shelf.replace(pack);
    const { places } = router;
    router.replace(changed);
    for (const message of displacements(places, changed.places)) onTrouble(message);
  }

  function onChange(dir: string): void {
    const old = shelf.list.find((pack) => pack.dir === dir);
    if (old === undefined) return;
    try {
      reload(old);
      journal.append({ type: 'pack.reloaded', pack: old.name, profile: old.profile });
    } catch (error) {
      const problem =
        error instanceof CodedError ? `${error.message}\n${error.remedy}`.trim() : (error as Error).message;
      journal.append({ type: 'pack.refused', pack: old.name, problem });
    }
  }

  return watchPacks(edited, { onChange, onTrouble });
}
