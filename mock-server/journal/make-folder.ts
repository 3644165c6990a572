import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents. Node's recursive mkdir never returns where an existing folder rejects new
 * entries, as `/proc` does, and for a dangling link.
 * @param mode of the created folders
 * @returns the created folders, the outermost first
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
