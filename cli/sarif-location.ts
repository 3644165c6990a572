import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** Files that identify an application, in any language. */
const MANIFESTS = [
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'composer.json',
  'go.mod',
  'Gemfile',
  'pom.xml',
  'build.gradle',
  'Cargo.toml',
  'README.md',
];

/**
 * Returns the file that SARIF results refer to, relative to the root of the repository and with slashes, as GitHub
 * requires. By default this is the manifest of the application, because the tested process is not a file.
 */
export function sarifLocation(cwd: string, given?: string): string {
  const file = given ?? MANIFESTS.find((name) => existsSync(join(cwd, name))) ?? 'package.json';
  const inRepository = relative(repositoryRoot(cwd) ?? cwd, resolve(cwd, file));
  const isOutside = inRepository.startsWith('..') || isAbsolute(inRepository);
  return (isOutside ? file : inRepository).replaceAll('\\', '/');
}

function repositoryRoot(from: string): string | null {
  if (existsSync(join(from, '.git'))) return from;
  const parent = dirname(from);
  return parent === from ? null : repositoryRoot(parent);
}
