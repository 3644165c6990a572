import { CodedError } from '../core/coded-error.ts';
import type { Pack } from './pack.ts';

/** The packs that are played. Both views are live: a pack that is put in place of another is in them at once. */
export interface PackShelf {
  readonly list: readonly Pack[];
  readonly byName: ReadonlyMap<string, Pack>;
  /** All packs as they would be with this one where the one from the same folder stands. @throws {CodedError} PACK_RENAMED */
  with(pack: Pack): readonly Pack[];
  /** Puts it there. @throws {CodedError} PACK_RENAMED */
  replace(pack: Pack): void;
}

export function createPackShelf(packs: readonly Pack[]): PackShelf {
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
      `the pack "${old.name}" now calls itself "${pack.name}"`,
      'Keep its name, or start again.',
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
