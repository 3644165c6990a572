import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { FULL } from '../fixtures/full.ts';

const ROOT = join(import.meta.dirname, '..');
const PROGRAM = join(ROOT, 'dist/cli/stuntdouble.js');
const LIMIT_MS = 120_000;
const execute = promisify(execFile);

const dir = mkdtempSync(join(tmpdir(), 'stuntdouble-integrations-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The first Python that has what the tests of the plugin need; the one of Debian if that is installed. */
const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import pytest, flask, requests, setuptools, wheel']).status === 0,
);
const CHROMIUM = '/usr/bin/chromium';

it.runIf(FULL)('everything that the integrations are tested with is installed', () => {
  expect([python !== undefined, existsSync(CHROMIUM), existsSync(PROGRAM)]).toEqual([true, true, true]);
});

describe.skipIf(python === undefined)('the plugin for pytest', () => {
  const plugin = join(ROOT, 'integrations/pytest');

  it(
    'passes its tests with a client and a receiver in Python',
    async () => {
      const ran = await execute(
        python ?? '',
        [
          ...['-m', 'pytest', '-q', '-p', 'pytest_stuntdouble.plugin', '-p', 'no:cacheprovider'],
          ...['-o', `stuntdouble_command=${process.execPath} ${PROGRAM}`, 'tests'],
        ],
        { cwd: plugin, env: { ...process.env, PYTHONPATH: 'src', PYTHONDONTWRITEBYTECODE: '1' } },
      );
      expect(ran.stdout).toMatch(/\b10 passed\b/);
    },
    LIMIT_MS,
  );

  it.runIf(FULL)(
    'can be built as a wheel that registers itself',
    async () => {
      await execute('cp', ['-r', plugin, join(dir, 'plugin')]);
      const build = [
        '-m',
        'pip',
        'wheel',
        '--no-build-isolation',
        '--no-deps',
        '-w',
        dir,
        join(dir, 'plugin'),
      ];
      await execute(python ?? '', build);
      const read =
        'import glob, sys, zipfile; [file] = glob.glob(sys.argv[1] + "/*.whl"); archive = zipfile.ZipFile(file);' +
        'print(*archive.namelist()); [name] = [n for n in archive.namelist() if n.endswith("entry_points.txt")];' +
        'print(archive.read(name).decode())';
      const { stdout } = await execute(python ?? '', ['-c', read, dir]);
      expect(stdout).toContain('pytest_stuntdouble/plugin.py');
      expect(stdout).toContain('[pytest11]\nstuntdouble = pytest_stuntdouble.plugin');
    },
    LIMIT_MS,
  );
});

describe.runIf(FULL && existsSync(CHROMIUM))('the fixtures for Playwright', () => {
  it(
    'let a page in Chromium call the mock of its worker',
    async () => {
      const cli = join(
        dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')),
        'cli.js',
      );
      const config = join(ROOT, 'fixtures/playwright/playwright.config.mjs');
      const { stdout } = await execute(process.execPath, [cli, 'test', '-c', config], {
        cwd: ROOT,
        env: { ...process.env, PLAYWRIGHT_OUTPUT: join(dir, 'playwright'), NODE_OPTIONS: '' },
      });
      expect(stdout).toContain('3 passed');
    },
    LIMIT_MS,
  );
});
