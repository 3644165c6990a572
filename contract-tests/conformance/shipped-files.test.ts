import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Sources of the package: what the build compiles, and what those files import. */
const built = execFileSync(process.execPath, [TSC, '-p', 'tsconfig.build.json', '--listFilesOnly'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .map((file) => relative(ROOT, file.trim()))
  .filter((file) => /^(mock-server|contract-tests|cli)\//.test(file));

describe('the package', () => {
  it('contains the judges and the reporters', () => {
    for (const folder of ['receiver', 'client', 'payload', 'reporters']) {
      expect(built.some((file) => file.startsWith(`contract-tests/${folder}/`))).toBe(true);
    }
  });

  it("does not contain the tools that test the project's own packs", () => {
    expect(built.filter((file) => file.startsWith('contract-tests/conformance/'))).toEqual([]);
  });

  it('imports only what it installs', () => {
    const { dependencies, peerDependencies } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    const installed = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(peerDependencies ?? {})]);
    // The console writes tests, which import the package itself.
    installed.add('stuntdouble');
    const missing = built.flatMap((file) =>
      packagesIn(file)
        .filter((name) => !installed.has(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Returns the packages that a file imports at run time. */
function packagesIn(file: string): string[] {
  const code = readFileSync(join(ROOT, file), 'utf8').replaceAll(/import type [^;]+;|^\s*\*.*$/gm, '');
  return [...code.matchAll(/(?:from|import\(|require\(|import\.meta\.url\)\()\s*'([^.'][^']*)'/g)]
    .map(([, name = '']) => name)
    .filter((name) => !isBuiltin(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
}
