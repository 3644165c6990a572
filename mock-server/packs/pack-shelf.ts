import { CodedError } from '../core/coded-error.ts';
import type { Pack } from './pack.ts';

/** The packs that are played. Both views are live: a pack that is put in place of another is in them at once. */
export interface PackShelf {
  readonly list: readonly Pack[];
  readonly byName: ReadonlyMap<string, Pack>;
  /** Puts a pack where the one from the same folder stood. @throws {CodedError} PACK_RENAMED */
  replace(pack: Pack): void;
}

export function createPackShelf(packs: readonly Pack[]): PackShelf {
  const list = [...packs];
  const byName = new Map(packs.map((pack) => [pack.name, pack]));
  return {
    list,
    byName,
    replace(pack) {
      const place = list.findIndex(({ dir }) => dir === pack.dir);
      const old = list[place];
      if (old === undefined) throw new Error(`no pack was loaded from ${pack.dir}`);
      // Tasks, queued scenarios and reports refer to packs by name.
      if (old.name !== pack.name) {
        throw new CodedError(
          'PACK_RENAMED',
          `the pack "${old.name}" now calls itself "${pack.name}"`,
          'Keep its name, or start again.',
        );
      }
      list[place] = pack;
      byName.set(pack.name, pack);
    },
  };
}
