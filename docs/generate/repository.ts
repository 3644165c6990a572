import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './root.ts';

/** Folders that hold what others made, or what is built. */
const NOT_OURS = /^(node_modules|dist|coverage|\.git)(\/|$)|\/(node_modules|__pycache__)(\/|$)/;

/** Files below a folder of the repository, as paths from its root. */
function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => !NOT_OURS.test(file))
    .sort();
}

/** The sources of the package, without tests. */
export function sourceFiles(): string[] {
  return ['mock-server', 'contract-tests', 'cli']
    .flatMap((folder) => filesBelow(folder, '.ts'))
    .filter((file) => !file.endsWith('.test.ts'));
}

/** Every page of the repository. */
export function markdownFiles(): string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  return [...top, ...filesBelow('docs', '.md')];
}
