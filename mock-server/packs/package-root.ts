import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of the package. */
export const PACKAGE_ROOT = findUp(dirname(fileURLToPath(import.meta.url)));

function findUp(dir: string): string {
  if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'spec'))) return dir;
  const parent = dirname(dir);
  if (parent === dir)
    throw new Error('the installation of stuntdouble is incomplete: its spec/ folder is missing');
  return findUp(parent);
}
