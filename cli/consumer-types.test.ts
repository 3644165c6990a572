import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
interface Door {
  readonly types: string;
  readonly default: string;
}

const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  main: string;
  types: string;
  typesVersions: Record<string, Record<string, readonly string[]>>;
  exports: Record<string, string | Door | { import: Door; require: Door }>;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
};
const doors = Object.entries(pkg.exports).flatMap(([name, door]) => {
  if (typeof door === 'string') return [];
  return [{ name, ...('import' in door ? door.import : door), hasCommonJs: 'require' in door }];
});

/** A program that uses every entry point. Its last line fails if the types are not found. */
const ESM = `
import { CodedError, createMockServer, type MockServer } from 'stuntdouble';
import * as judge from 'stuntdouble/judge';
import { matchers } from 'stuntdouble/matchers';
import { startMock } from 'stuntdouble/start-mock';
import { useMock as useMockOfJest } from 'stuntdouble/jest';
import { useMock as useMockOfNode } from 'stuntdouble/node-test';
import { type CallbackOf, receiverContract, useMock } from 'stuntdouble/vitest';
const mock: MockServer = createMockServer({ clock: 'virtual' });
export const ended: Promise<void> = mock.clock.advance('1s').then(() => mock.close());
export type Callback = CallbackOf<'runway.generate'>;
export { CodedError, judge, matchers, receiverContract, startMock, useMock, useMockOfJest, useMockOfNode };
// @ts-expect-error
createMockServer({ nonsense: true });
`;
/** The types of Playwright need those of the browser. */
const PAGE = `
import { expect, test } from 'stuntdouble/playwright';
test.use({ mockOptions: { seed: 7, cors: ['http://127.0.0.1:3000'] } });
test('a page', async ({ mock, page }) => {
  await page.goto(mock.url);
  expect(mock.tasks.all()).toEqual([]);
});
// @ts-expect-error
test.use({ mockOptions: { nonsense: true } });
`;
const COMMON_JS = `
import stuntdouble = require('stuntdouble');
const mock: stuntdouble.MockServer = stuntdouble.createMockServer({ clock: 'virtual' });
// @ts-expect-error
stuntdouble.createMockServer({ nonsense: true });
export = mock;
`;

const execute = promisify(execFile);
let home = '';

/** Creates a project with the packed package and its dependencies, and with no types except those of Node. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-consumer-'));
  const modules = join(home, 'node_modules');
  mkdirSync(join(modules, 'stuntdouble'), { recursive: true });
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', home];
  const { stdout } = await execute('npm', pack, { cwd: ROOT });
  await execute('tar', ['xzf', stdout.trim(), '-C', join(modules, 'stuntdouble'), '--strip-components=1'], {
    cwd: home,
  });
  const installed = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.peerDependencies), '@types/node'];
  for (const name of installed) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  for (const [name, text] of Object.entries({
    'esm.mts': ESM,
    'esm.ts': ESM,
    'page.mts': PAGE,
    'common.cts': COMMON_JS,
  }))
    writeFileSync(join(home, name), text);
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Runs the compiler. @returns its errors, or an empty text */
async function compile(tsc: string, args: readonly string[]): Promise<string> {
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--types', 'node'];
  try {
    await execute(process.execPath, [tsc, ...strict, '--target', 'es2022', '--lib', 'es2023', ...args], {
      cwd: home,
    });
    return '';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
const MODERN = [
  ['nodenext', ['--module', 'nodenext', 'esm.mts', 'common.cts']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', 'esm.ts']],
] as const;

describe('a TypeScript project that uses the package and checks library types', () => {
  it.each(MODERN)('compiles with module resolution %s', async (_name, args) => {
    expect(await compile(TSC, args)).toBe('');
  });

  it('compiles tests of Playwright', async () => {
    const page = ['--module', 'nodenext', '--lib', 'es2023,dom', '--skipLibCheck', 'true', 'page.mts'];
    expect(await compile(TSC, page)).toBe('');
  });

  it('can require it from CommonJS', async () => {
    writeFileSync(join(home, 'use.cjs'), 'console.log(typeof require("stuntdouble").createMockServer)');
    const { stdout } = await execute(process.execPath, ['use.cjs'], { cwd: home });
    expect(stdout).toBe('function\n');
  });

  it('gets CommonJS where ES modules cannot be required', async () => {
    const uses = doors
      .filter(({ hasCommonJs }) => hasCommonJs)
      .map(({ name }) => name.replace('.', 'stuntdouble'));
    const program = `
      const loaded = ${JSON.stringify(uses)}.map((name) => [name, require.resolve(name), require(name)]);
      for (const [name, file] of loaded) if (!file.endsWith('.cjs')) throw new Error(name + ' is ' + file);
      const { createMockServer } = require('stuntdouble');
      const { matchers } = require('stuntdouble/matchers');
      (async () => {
        const mock = await createMockServer({ clock: 'virtual' }).listen();
        const task = await mock.tasks.trigger('runway.generate', { to: mock.url + '/__sink' });
        await mock.clock.advance('1m');
        const [sent] = mock.journal.entries({ type: 'attempt.started', taskId: task.id });
        await mock.close();
        console.log(matchers.toMatchCallback(sent.body, 'runway.generate').pass);
      })();`;
    writeFileSync(join(home, 'old.cjs'), program);
    const { stdout } = await execute(process.execPath, ['--no-experimental-require-module', 'old.cjs'], {
      cwd: home,
    });
    expect(stdout).toBe('true\n');
    expect(uses).toContain('stuntdouble/jest');
  });
});

/** Jest is large, so it is downloaded only with the runtimes. */
describe.runIf(process.env.STUNTDOUBLE_RUNTIMES === '1')('a project that uses Jest', () => {
  const TEST = (load: string) => `
    ${load}
    const stage = useMock({ clock: 'virtual', env: { VIDEO_API: '{url}' } });
    test('the callback has the documented form', async () => {
      expect(process.env.VIDEO_API).toBe(stage.mock.url);
      const task = await stage.mock.tasks.trigger('runway.generate', { to: stage.mock.url + '/__sink' });
      await stage.mock.clock.advance('1m');
      const [sent] = stage.mock.journal.entries({ type: 'attempt.started', taskId: task.id });
      expect(sent.body).toMatchCallback('runway.generate');
    });`;
  let jest = '';

  beforeAll(async () => {
    await execute('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--no-save',
      '--prefix',
      join(home, 'jest'),
      'jest@30.5.2',
    ]);
    jest = join(home, 'jest/node_modules/jest/bin/jest.js');
    mkdirSync(join(home, 'old'));
    mkdirSync(join(home, 'new'));
    writeFileSync(join(home, 'old/some.test.js'), TEST(`const { useMock } = require('stuntdouble/jest');`));
    writeFileSync(join(home, 'old/package.json'), '{ "type": "commonjs" }');
    writeFileSync(join(home, 'new/some.test.js'), TEST(`import { useMock } from 'stuntdouble/jest';`));
    writeFileSync(join(home, 'new/package.json'), '{ "type": "module" }');
  });

  it.each([
    ['CommonJS, without flags', 'old', []],
    ['ES modules, with the flag of Jest', 'new', ['--experimental-vm-modules']],
  ])('passes with %s', async (_name, dir, flags) => {
    const { stderr } = await execute(process.execPath, [...flags, jest, '--rootDir', join(home, dir)], {
      cwd: home,
    });
    expect(stderr).toContain('Tests:       1 passed, 1 total');
  });
});

/** TypeScript 7 does not support the oldest module resolution, so a compiler of version 5 must be downloaded. */
describe.runIf(process.env.STUNTDOUBLE_RUNTIMES === '1')('the same project with TypeScript 5.9', () => {
  let tsc = '';

  beforeAll(async () => {
    const dir = join(home, 'typescript-5');
    mkdirSync(dir);
    writeFileSync(join(dir, 'package.json'), '{ "private": true }');
    await execute('npm', ['install', '--no-audit', '--no-fund', 'typescript@5.9.3'], { cwd: dir });
    tsc = join(dir, 'node_modules/typescript/bin/tsc');
  });

  it.each([
    ...MODERN,
    ['node16', ['--module', 'node16', 'esm.mts']],
    ['node10', ['--module', 'esnext', '--moduleResolution', 'node10', 'esm.ts']],
  ] as const)('compiles with module resolution %s', async (_name, args) => {
    expect(await compile(tsc, args)).toBe('');
  });
});

describe('the package', () => {
  it('has the same types for compilers that do not support "exports"', () => {
    const old = Object.entries(pkg.typesVersions['*'] ?? {}).map(([name, [file]]) => [
      `./${name}`,
      `./${file}`,
    ]);
    const doorOf = new Map(doors.map(({ name, types }) => [name, types]));
    expect(`./${pkg.types}`).toBe(doorOf.get('.'));
    expect(Object.fromEntries([['.', `./${pkg.types}`], ...old])).toEqual(Object.fromEntries(doorOf));
    expect(`./${pkg.main}`).toBe(doors.find(({ name }) => name === '.')?.default);
  });

  it('has public types that depend only on Node and on its own dependencies', () => {
    const allowed = [...Object.keys(pkg.dependencies), ...Object.keys(pkg.peerDependencies)];
    // Express is a dependency that does not include types.
    const untyped = ['express', 'range-parser'];
    const strangers = importsOfTypes().filter(
      ({ target }) => !target.startsWith('node:') && (!allowed.includes(target) || untyped.includes(target)),
    );
    expect(strangers).toEqual([]);
  });
});

/** Returns the packages imported by the declarations that are reachable from the entry points. */
function importsOfTypes(): { readonly file: string; readonly target: string }[] {
  const seen = new Set<string>();
  const imports: { file: string; target: string }[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    for (const [, target = ''] of code.matchAll(/(?:\bfrom|\bimport|import\()\s*["']([^"']+)["']/g)) {
      if (target.startsWith('.')) visit(resolve(dirname(file), target.replace(/\.[jt]s$/, '.d.ts')));
      else imports.push({ file: relative(ROOT, file), target });
    }
  };
  for (const { types } of doors) visit(join(ROOT, types));
  return imports;
}
