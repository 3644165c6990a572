import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from './packs/package-root.ts';

/** The house from the top down: a floor may import its own and those below it. */
const FLOORS = ['mock-server', 'http', 'runtime', 'scenarios', 'packs', 'core'] as const;

/** Who may be imported by whom, between the wings. */
const WINGS: Readonly<Record<string, readonly string[]>> = {
  'mock-server': [],
  'contract-tests': ['mock-server/index.ts', 'fixtures'],
  // Test files of a user, which come in by the doors that the package has for them.
  fixtures: ['mock-server/index.ts', 'contract-tests/vitest.ts', 'contract-tests/start-mock.ts'],
  cli: ['mock-server/index.ts', 'mock-server/load-in-steps.ts', 'contract-tests'],
  bench: ['mock-server/index.ts', 'fixtures'],
  // It writes pages about every wing, and nothing imports it.
  docs: ['mock-server/index.ts', 'contract-tests', 'cli', 'fixtures'],
};

/** Words of vendors' states: they belong to spec/ and fixtures/. */
const VENDOR_WORDS =
  /\b([Rr]unway|[Ll]uma|[Cc]omet|[Aa]pikley|[Rr]eplicate|queueing|generating|callBackUrl|record-detail|videoInfo|waterMark)/;

const sources = Object.keys(WINGS).flatMap((wing) => filesIn(wing));

describe('the house', () => {
  it('has files on every floor, so that the checks below check something', () => {
    for (const floor of FLOORS) expect(sources.some((file) => floorOf(file) === floor)).toBe(true);
  });

  it.each(sources.filter((file) => file.startsWith('mock-server/')))(
    '%s imports its own floor or a lower one',
    (file) => {
      const upward = importsOf(file).filter((target) => {
        const own = FLOORS.indexOf(floorOf(file));
        return target.startsWith('mock-server/') && FLOORS.indexOf(floorOf(target)) < own;
      });
      expect(upward).toEqual([]);
    },
  );

  it.each(sources.filter((file) => file.startsWith('mock-server/console/')))(
    '%s lives in a browser: it knows the mock by HTTP alone',
    (file) => {
      expect(importsOf(file).filter((target) => !target.startsWith('mock-server/console/'))).toEqual([]);
      expect(codeOf(file)).not.toMatch(/dangerouslySetInnerHTML|innerHTML|from 'node:(?!path)/);
    },
  );

  it.each(sources)('%s enters other wings by their doors only', (file) => {
    const wing = file.split('/')[0] ?? '';
    const trespassing = importsOf(file).filter((target) => {
      const other = target.split('/')[0] ?? '';
      return (
        other !== wing &&
        !(WINGS[wing] ?? []).some((door) => target === door || target.startsWith(`${door}/`))
      );
    });
    expect(trespassing).toEqual([]);
  });

  it.each(sources.filter((file) => floorOf(file) === 'core'))(
    '%s is pure: no clock, no dice, no I/O',
    (file) => {
      const impure =
        /Date\.now|new Date\(|Math\.random|setTimeout|setInterval|node:|process\.|performance\./.exec(
          codeOf(file),
        );
      expect(impure?.[0]).toBeUndefined();
    },
  );

  it.each(sources.filter((file) => file.startsWith('mock-server/')))('%s knows no vendor word', (file) => {
    expect(VENDOR_WORDS.exec(readFileSync(join(PACKAGE_ROOT, file), 'utf8'))?.[0]).toBeUndefined();
  });

  // A receiver among the fixtures is what a user's app looks like.
  it.each(sources.filter((file) => !file.startsWith('mock-server/http/') && !file.startsWith('fixtures/')))(
    '%s leaves Express to http/',
    (file) => {
      expect(codeOf(file)).not.toMatch(/from 'express'/);
    },
  );
});

function filesIn(dir: string): string[] {
  return readdirSync(join(PACKAGE_ROOT, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(PACKAGE_ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

function floorOf(file: string): (typeof FLOORS)[number] {
  const [, second = ''] = file.split('/');
  return FLOORS.find((floor) => file.startsWith('mock-server/') && floor === second) ?? 'mock-server';
}

/** Relative imports, as paths from the package's root. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  return [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) =>
    relative(PACKAGE_ROOT, resolve(PACKAGE_ROOT, dirname(file), target)),
  );
}

/** Without comments: they may say what the code must not do. */
function codeOf(file: string): string {
  return readFileSync(join(PACKAGE_ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
