import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from './packs/package-root.ts';

/** The layers of the mock from the top down. A layer may import itself and those below it. */
const LAYERS = [
  'mock-server',
  'http',
  'fleet',
  'pages',
  'engine',
  'delivery',
  'scenarios',
  'journal',
  'packs',
  'core',
] as const;

/** The door of the mock for users, which is an entry of the package. */
const PUBLIC_DOOR = 'mock-server/index.ts';
/** The door for the other folders of this package. */
const INTERNAL_DOOR = 'mock-server/internal.ts';
const DOORS = [PUBLIC_DOOR, INTERNAL_DOOR];

/** What the pages of the console and of the reports have in common. It is loaded without the mock. */
const PAGES = 'mock-server/pages';

/** The modules of other top-level folders that each top-level folder may import. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  'mock-server': [],
  'contract-tests': [...DOORS, PAGES, 'fixtures'],
  // Some fixtures are test files of a user, which import the entries of the package.
  fixtures: [PUBLIC_DOOR, 'contract-tests/vitest.ts', 'contract-tests/start-mock.ts'],
  cli: [...DOORS, PAGES, 'mock-server/load-in-steps.ts', 'contract-tests'],
  bench: [...DOORS, 'fixtures'],
  // It runs the parts of the mock below HTTP, without their connections and timers.
  simulation: ['mock-server'],
  // It generates pages about every folder, and is not imported itself.
  docs: [...DOORS, 'contract-tests', 'cli', 'fixtures'],
};

/** Words of vendors, which belong in spec/ and fixtures/. */
const VENDOR_WORDS =
  /\b([Rr]unway|[Ll]uma|[Cc]omet|[Aa]pikley|[Rr]eplicate|queueing|generating|callBackUrl|record-detail|videoInfo|waterMark)/;

/** Folders in which each file has a test of its own next to it. */
const TESTED_FOLDERS = ['engine', 'delivery', 'journal'];
/** The exceptions, with reasons. */
const WITHOUT_TEST: Readonly<Record<string, string>> = {
  'mock-server/engine/commands.ts': 'types only',
  'mock-server/engine/settings.ts': 'types only',
  'mock-server/engine/submission.ts': 'types only',
  'mock-server/journal/durability.ts': 'types only',
  'mock-server/journal/journal-entry.ts': 'types, and lists of them that the compiler checks',
  'mock-server/journal/marks.ts': 'three constants',
};

const sources = Object.keys(FOLDERS).flatMap((folder) => filesIn(folder));

describe('the doors of the mock', () => {
  it.each(DOORS)('%s only re-exports', (door) => {
    const rest = codeOf(door).replace(/^export (type )?\{[^}]*\} from '[^']+';$/gm, '');
    expect(rest.trim()).toBe('');
  });

  it('are two: the public one is an entry of the package, the internal one is not', () => {
    const { exports } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, unknown>>;
    };
    const entries = JSON.stringify(exports);
    expect(entries).toContain('dist/mock-server/index.js');
    expect(entries).not.toContain('internal');
  });

  it('have no name in common', () => {
    const names = new Set(namesOf(PUBLIC_DOOR));
    expect(names.size).toBeGreaterThan(20);
    expect(namesOf(INTERNAL_DOOR).filter((name) => names.has(name))).toEqual([]);
  });
});

describe('the types of the mock', () => {
  it('have one meaning per name', () => {
    const files = new Map<string, string[]>();
    // The console describes the answers of the admin API for itself, because it imports nothing of the mock.
    const own = sources.filter(
      (file) => file.startsWith('mock-server/') && !file.startsWith('mock-server/console/'),
    );
    for (const file of own) {
      for (const [, name = ''] of codeOf(file).matchAll(/^(?:export )?(?:interface|type|class) (\w+)/gm)) {
        files.set(name, [...(files.get(name) ?? []), file]);
      }
    }
    expect(files.size).toBeGreaterThan(200);
    expect([...files].filter(([, places]) => places.length > 1)).toEqual([]);
  });
});

describe('the tests of the mock', () => {
  const own = sources.filter((file) =>
    TESTED_FOLDERS.some((folder) => file.startsWith(`mock-server/${folder}/`)),
  );
  const testOf = (file: string): string => file.replace(/\.ts$/, '.test.ts');
  const isTested = (file: string): boolean => existsSync(join(PACKAGE_ROOT, testOf(file)));

  it('are next to each file of the engine, the delivery and the journal, except for named ones', () => {
    expect(own.length).toBeGreaterThan(80);
    expect(own.filter((file) => !isTested(file))).toEqual(Object.keys(WITHOUT_TEST).sort());
  });

  it.each(own.filter(isTested))('import the file that they are named after: %s', (file) => {
    expect(importsOf(testOf(file))).toContain(file);
  });
});

describe('the architecture', () => {
  it('has files in every layer', () => {
    for (const layer of LAYERS) expect(sources.some((file) => layerOf(file) === layer)).toBe(true);
  });

  it.each(sources.filter((file) => file.startsWith('mock-server/')))(
    '%s imports only its own layer and lower ones',
    (file) => {
      const upward = importsOf(file).filter((target) => {
        const own = LAYERS.indexOf(layerOf(file));
        return target.startsWith('mock-server/') && LAYERS.indexOf(layerOf(target)) < own;
      });
      expect(upward).toEqual([]);
    },
  );

  it.each(sources.filter((file) => /^mock-server\/packs\/[^/]+$/.test(file)))(
    '%s loads a pack without the checks for its author',
    (file) => {
      expect(importsOf(file).filter((target) => target.startsWith('mock-server/packs/check/'))).toEqual([]);
    },
  );

  it.each(sources.filter((file) => file.startsWith('mock-server/console/')))(
    '%s runs in a browser and uses the mock over HTTP only',
    (file) => {
      const foreign = importsOf(file).filter((target) => !/^mock-server\/(console|pages)\//.test(target));
      expect(foreign).toEqual([]);
      expect(codeOf(file)).not.toMatch(/dangerouslySetInnerHTML|innerHTML|from 'node:(?!path)/);
    },
  );

  it.each(sources.filter((file) => layerOf(file) === 'pages' && !file.endsWith('.test.ts')))(
    '%s can run in a browser: it imports values of the pages and of the core only, and nothing of Node.js',
    (file) => {
      const values = codeOf(file).replace(/^import type [^;]*;$/gm, '');
      expect(values).not.toMatch(/from '(node:|\.\.\/(?!core\/))|process\.|Buffer\b/);
    },
  );

  it.each(sources)('%s imports only the permitted modules of other folders', (file) => {
    const folder = file.split('/')[0] ?? '';
    const forbidden = importsOf(file).filter((target) => {
      const other = target.split('/')[0] ?? '';
      return (
        other !== folder &&
        !(FOLDERS[folder] ?? []).some((module) => target === module || target.startsWith(`${module}/`))
      );
    });
    expect(forbidden).toEqual([]);
  });

  it.each(sources.filter((file) => layerOf(file) === 'core'))(
    '%s is pure: no clock, no random numbers, no I/O',
    (file) => {
      const impure =
        /Date\.now|new Date\(|Math\.random|setTimeout|setInterval|node:|process\.|performance\./.exec(
          codeOf(file),
        );
      expect(impure?.[0]).toBeUndefined();
    },
  );

  it.each(sources.filter((file) => file.startsWith('mock-server/')))(
    '%s does not contain vendor-specific words',
    (file) => {
      expect(VENDOR_WORDS.exec(readFileSync(join(PACKAGE_ROOT, file), 'utf8'))?.[0]).toBeUndefined();
    },
  );

  // A receiver among the fixtures is an app of a user, which may use Express.
  it.each(sources.filter((file) => !file.startsWith('mock-server/http/') && !file.startsWith('fixtures/')))(
    '%s does not import Express',
    (file) => {
      expect(codeOf(file)).not.toMatch(/from 'express'/);
    },
  );
});

describe('the imports of the project', () => {
  it('form no circle, types included', () => {
    expect(circlesIn(new Map(sources.map((file) => [file, importsOf(file)])))).toEqual([]);
  });

  it('would show a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', []],
    ]);
    expect(circlesIn(graph)).toEqual([['a', 'b', 'c', 'a']]);
  });
});

/** Returns one path through each circle of a graph that is found in a walk from every node. */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const circles: string[][] = [];
  const walk = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at >= 0) circles.push([...path.slice(at), node]);
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return circles;
}

function filesIn(dir: string): string[] {
  return (
    readdirSync(join(PACKAGE_ROOT, dir), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      .map((entry) => relative(PACKAGE_ROOT, join(entry.parentPath, entry.name)))
      // Tools of tests may import what tests may.
      .filter((file) => !file.includes('/testing/'))
      .sort()
  );
}

function layerOf(file: string): (typeof LAYERS)[number] {
  const [, second = ''] = file.split('/');
  return LAYERS.find((layer) => file.startsWith('mock-server/') && layer === second) ?? 'mock-server';
}

/** Returns the relative imports of a file as paths from the root of the package. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  return [...source.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) =>
    relative(PACKAGE_ROOT, resolve(PACKAGE_ROOT, dirname(file), target)),
  );
}

/** Returns the names that a door re-exports. */
function namesOf(door: string): string[] {
  return [...codeOf(door).matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
    list.split(',').map((name) => name.trim().replace(/^type |^.* as /g, '')),
  );
}

/** Returns a file without comments, which may mention what the code must not do. */
function codeOf(file: string): string {
  return readFileSync(join(PACKAGE_ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
