import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './root.ts';

/** Folders with dependencies or build results. */
const EXCLUDED = /^(node_modules|dist|coverage|\.git)(\/|$)|\/(node_modules|__pycache__)(\/|$)/;

/** Returns the files in a folder and its subfolders, as paths from the root of the repository. */
function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !EXCLUDED.test(file))
    .sort();
}

/** Returns the source files of the package without tests. */
export function sourceFiles(): string[] {
  return ['mock-server', 'contract-tests', 'cli']
    .flatMap((folder) => filesBelow(folder, '.ts'))
    .filter((file) => !file.endsWith('.test.ts'));
}

/** Returns the Markdown files at the root and in `docs/`. */
export function markdownFiles(): string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...filesBelow('docs', '.md')];
}
