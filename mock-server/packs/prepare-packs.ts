import { builtInPackDirs, loadPackAfresh, readPackFiles } from './load-pack.ts';
import { summaryOf, writePrepared } from './prepared-packs.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Checks every profile of the built-in packs, and stores the parsed files so that starts are fast. */
export function preparePacks(): void {
  writePrepared(
    builtInPackDirs().map((dir) => {
      const { lifecycle, document } = readPackFiles(dir);
      const packs = loadPackAfresh(dir).profiles.map(
        (profile) => [profile, loadPackAfresh(dir, profile)] as const,
      );
      return {
        dir,
        lifecycle,
        document,
        profiles: Object.fromEntries(packs.map(([profile, pack]) => [profile, summaryOf(pack)])),
        words: Object.fromEntries(packs.map(([profile, pack]) => [profile, vocabularyOf(pack)])),
      };
    }),
  );
}
