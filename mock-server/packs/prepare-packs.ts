import { builtInPackDirs, loadPackAfresh, readPackFiles } from './load-pack.ts';
import { writePrepared } from './prepared-packs.ts';

/** The build's step: checks the built-in packs in every profile, and keeps them parsed for quick starts. */
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
