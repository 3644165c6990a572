import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package, from source and from the build alike. */
export const PACKAGE_ROOT = findUp(dirname(fileURLToPath(import.meta.url)));

function findUp(dir: string): string {
  if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'spec'))) return dir;
  const parent = dirname(dir);
  if (parent === dir) throw new Error('stuntdouble is not installed completely: its spec/ folder is missing');
  return findUp(parent);
}
