import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and those above it. Node's own recursive form never returns where an existing folder refuses to have
 * another one, as `/proc` does, and for a link that points nowhere.
 * @param mode of the folders that it creates
 * @returns the folders that it created, the outermost first
 * @throws the error of the system
 */
export function makeFolder(dir: string, mode = 0o777): string[] {
  try {
    mkdirSync(dir, { mode });
    return [dir];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return [];
    if (code !== 'ENOENT' || existsSync(dirname(dir))) throw error;
  }
  return [...makeFolder(dirname(dir), mode), ...makeFolder(dir, mode)];
}
