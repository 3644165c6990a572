import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './places.ts';

/** A copy of the built package with more packs in `spec/`. */
export interface PackageCopy {
  /** The script of the command. */
  readonly command: string;
  remove(): Promise<void>;
}

const run = promisify(execFile);

/** The packs that are copied under other names: one with fixed paths, and one with parameters. */
const ORIGINALS = [
  { name: 'runway', path: '/api/v1/runway', pathOf: (own: string) => `/api/v1/${own}` },
  { name: 'replicate', path: '/v1/predictions', pathOf: (own: string) => `/v1/${own}` },
] as const;

/** Copies the package, adds packs until there are `count`, and prepares them as the build does. */
export async function copyWithPacks(existing: number, count: number): Promise<PackageCopy> {
  const root = mkdtempSync(join(tmpdir(), 'stuntdouble-packs-'));
  const remove = async (): Promise<void> => rmSync(root, { recursive: true, force: true });
  for (const part of [
    'dist/cli',
    'dist/command',
    'dist/mock-server',
    'dist/contract-tests',
    'dist/console',
    'fixtures/media',
  ]) {
    cpSync(join(ROOT, part), join(root, part), { recursive: true });
  }
  cpSync(join(ROOT, 'spec'), join(root, 'spec'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  for (let index = existing; index < count; index++) addPack(root, index);
  const prepare = join(root, 'dist/mock-server/packs/prepare-packs.js');
  await run(process.execPath, [
    '-e',
    `import(${JSON.stringify(prepare)}).then((step) => step.preparePacks())`,
  ]);
  return { command: join(root, 'dist/cli/stuntdouble.js'), remove };
}

function addPack(root: string, index: number): void {
  const { name, path, pathOf } = ORIGINALS[index % ORIGINALS.length] ?? ORIGINALS[0];
  const own = `vendor-${index}`;
  const folder = join(root, 'spec', own);
  mkdirSync(folder);
  for (const file of ['lifecycle.yaml', 'openapi.yaml']) {
    const text = readFileSync(join(root, 'spec', name, file), 'utf8');
    const changed = text
      .replaceAll(path, pathOf(own))
      .replace(`pack: ${name}\n`, `pack: ${own}\n`)
      .replaceAll(new RegExp(`\\b${name}\\.(?=[a-z])`, 'g'), `${own}.`);
    writeFileSync(join(folder, file), changed);
  }
}
