import { builtInPackDirs, loadPackAfresh, readPackFiles } from './load-pack.ts';
import { type PackSummary, summaryOf, writePrepared } from './prepared-packs.ts';

/** Checks every profile of the built-in packs, and stores the parsed files so that starts are fast. */
export function preparePacks(): void {
  writePrepared(
    builtInPackDirs().map((dir) => {
      const { lifecycle, document } = readPackFiles(dir);
      return { dir, lifecycle, document, profiles: summariesOf(dir) };
    }),
  );
}

function summariesOf(dir: string): Record<string, PackSummary> {
  return Object.fromEntries(
    loadPackAfresh(dir).profiles.map((profile) => [profile, summaryOf(loadPackAfresh(dir, profile))]),
  );
}
