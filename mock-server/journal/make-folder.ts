import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
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

/** A new file is durable once its folder is synced, and a new folder once its parent is. */
export function syncFolder(folder: string): void {
  // Windows cannot open folders, and a parent folder may not be readable.
  let fd: number;
  try {
    fd = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(fd);
  } catch {
    // Some file systems do not support syncing folders.
  } finally {
    closeSync(fd);
  }
}

/** The same without blocking the event loop. */
export async function syncFolderLater(folder: string): Promise<void> {
  const file = await open(folder, 'r').catch(() => null);
  await file?.sync().catch(() => undefined);
  await file?.close();
}
