import { builtInPackDirs, loadPackAfresh, readPackFiles } from './load-pack.ts';
import { writePrepared } from './prepared-packs.ts';

/** Checks every profile of the built-in packs, and stores the parsed files so that starts are fast. */
export function preparePacks(): void {
  const dirs = builtInPackDirs();
  for (const dir of dirs) {
    for (const profile of loadPackAfresh(dir).profiles) loadPackAfresh(dir, profile);
  }
  writePrepared(
    dirs.map((dir) => {
      const { lifecycle, document } = readPackFiles(dir);
      return { dir, lifecycle, document };
    }),
  );
}
