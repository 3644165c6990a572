// Builds the project unless dist/ is newer than everything it is built from, so that `npm start` is quick.
// With --built, only notes that dist/ is up to date: the last step of `npm run build`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const STAMP = join('dist', '.built');
/** Folders that do not contribute to dist/. Everything else does, so that a new folder cannot be forgotten. */
const IGNORED = new Set(['dist', 'node_modules', 'docs', 'coverage', 'integrations', 'scripts']);
const IGNORED_FILE = /\.(test\.ts|md|tgz|tsbuildinfo)$/;

/** Yields the paths of all inputs. */
function* inputsIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || (folder === '.' && IGNORED.has(entry.name))) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* inputsIn(path);
    else if (!IGNORED_FILE.test(entry.name)) yield path;
  }
}

/** Returns a digest of the paths, sizes and modification times of all inputs. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const path of inputsIn('.')) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

const isBuilt = existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
if (process.argv.includes('--built')) {
  writeFileSync(STAMP, fingerprint());
} else if (!isBuilt) {
  process.stderr.write('building; this takes a moment, and only after changes\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
}
