import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Creates a folder and those above it. Node's own recursive form never returns where the system reports a missing folder
 * although the one above it exists, as it does for `/proc/reports`.
 * @throws the error of the system
 */
export function makeFolder(dir: string): void {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(dir);
  if (above !== dir) makeFolder(above);
  try {
    mkdirSync(dir);
  } catch (error) {
    // Another process may have been faster.
    if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
