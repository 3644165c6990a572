import { CodedError } from '../core/coded-error.ts';
import type { Pack } from './pack.ts';

/** The loaded packs. Both views are live, so a replaced pack appears in them at once. */
export interface LoadedPacks {
  readonly list: readonly Pack[];
  readonly byName: ReadonlyMap<string, Pack>;
  /** Returns the list with this pack in place of the one from the same folder. @throws {CodedError} PACK_RENAMED */
  with(pack: Pack): readonly Pack[];
  /** Replaces the pack from the same folder. @throws {CodedError} PACK_RENAMED */
  replace(pack: Pack): void;
}

/** Creates a store for the loaded packs. */
export function createLoadedPacks(packs: readonly Pack[]): LoadedPacks {
  const list = [...packs];
  const byName = new Map(packs.map((pack) => [pack.name, pack]));

  function placeOf(pack: Pack): number {
    const place = list.findIndex(({ dir }) => dir === pack.dir);
    const old = list[place];
    if (old === undefined) throw new Error(`no pack was loaded from ${pack.dir}`);
    // Tasks, queued scenarios, mounts and reports refer to packs by name.
    if (old.name === pack.name) return place;
    throw new CodedError(
      'PACK_RENAMED',
      `the pack "${old.name}" was renamed to "${pack.name}" while it was loaded`,
      'Restore its name, or restart the mock.',
    );
  }

  return {
    list,
    byName,
    with: (pack) => list.with(placeOf(pack), pack),
    replace(pack) {
      list[placeOf(pack)] = pack;
      byName.set(pack.name, pack);
    },
  };
}
