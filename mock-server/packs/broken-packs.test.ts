import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { fc } from '../../fixtures/properties.ts';
import { createMockServer } from '../index.ts';
import { checkPack } from './check/check-pack.ts';
import { PackError, type PackProblem } from './pack-error.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const ACME = join(PACKAGE_ROOT, 'fixtures/packs/acme-video');
const FILES = ['lifecycle.yaml', 'openapi.yaml'] as const;
const RUNS = Number(process.env.STUNTDOUBLE_FUZZ ?? 12);

let dir = '';

beforeAll(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'stuntdouble-broken-')), 'pack');
});

afterAll(() => {
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

/** Checks and loads the pack with some of its files replaced. @returns the problems that both found */
async function problemsWith(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly PackProblem[]> {
  rmSync(dir, { recursive: true, force: true });
  cpSync(ACME, dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const { problems } = await checkPack(dir);
  try {
    await createMockServer({ builtIn: false, packs: [dir] }).close();
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    return [...problems, ...error.problems];
  }
  return problems;
}

function expectPlaced(problems: readonly PackProblem[]): void {
  for (const { file, line, message } of problems) {
    expect(file).toMatch(/(lifecycle|openapi)\.yaml$/);
    expect(line).toBeGreaterThan(0);
    expect(message).not.toMatch(/undefined|is not a function|Cannot read|is not iterable/);
  }
}

/** Returns the path of every value inside a value. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function put(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  Reflect.set(copy, key, put(Reflect.get(copy, key), rest, replacement));
  return copy;
}

const UNEXPECTED: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e21,
  '',
  'text',
  '$request.body#/a',
  '(',
  '^(a+)+$',
  'https://example.test/a.yaml',
  [],
  [null],
  ['text'],
  {},
  { a: null },
  { $ref: 'other.yaml#/A' },
  { $ref: '#/components/schemas/Clip' },
  { $ref: 7 },
];

describe('a pack with one unexpected value', () => {
  it.each(FILES)('in %s loads, or is rejected with file and line', async (name) => {
    const good: unknown = parse(readFileSync(join(ACME, name), 'utf8'), { merge: true });
    const places = placesIn(good);
    expect(places.length).toBeGreaterThan(100);
    const change = fc.record({
      path: fc.constantFrom(...places),
      unexpected: fc.constantFrom(...UNEXPECTED),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ path, unexpected }) => {
        expectPlaced(await problemsWith({ [name]: stringify(put(good, path, unexpected)) }));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a pack with damaged bytes', () => {
  it.each(FILES)('in %s loads, or is rejected with file and line', async (name) => {
    const good = readFileSync(join(ACME, name));
    const damage = fc.record({
      at: fc.nat(good.length - 1),
      length: fc.nat(12),
      instead: fc.constantFrom(
        '',
        '\t',
        '\0',
        ':',
        '- ',
        '{',
        '"',
        '&a ',
        '*a',
        '!!x ',
        '? ',
        '%',
        '\u2028',
        '---\n',
      ),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, length, instead }) => {
        const text = Buffer.concat([good.subarray(0, at), Buffer.from(instead), good.subarray(at + length)]);
        expectPlaced(await problemsWith({ [name]: text }));
      }),
      { numRuns: RUNS },
    );
  });
});

/** Returns the lifecycle of the example pack with lines appended. */
const lifecycleWith = (...lines: string[]): string =>
  [readFileSync(join(ACME, 'lifecycle.yaml'), 'utf8'), ...lines, ''].join('\n');

const LAUGHS = [
  'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`),
];

describe('an invalid lifecycle file', () => {
  it.each<readonly [string, string | Uint8Array, RegExp]>([
    ['a duplicate key', lifecycleWith('title: Again'), /duplicate key "title"/],
    ['exponential aliases', lifecycleWith(...LAUGHS), /alias/i],
    ['an alias without an anchor', lifecycleWith('more: *nothing'), /nothing/],
    ['a tag', lifecycleWith('more: !!js/function "x"'), /tag/i],
    ['an infinite number', lifecycleWith('more: .inf'), /number Infinity does not exist in JSON/],
    ['a number that is too large', lifecycleWith('more: 1e999'), /number Infinity does not exist in JSON/],
    ['NaN', lifecycleWith('more: .nan'), /number NaN does not exist in JSON/],
    ['deep nesting', lifecycleWith(`more: ${'['.repeat(5000)}`), /nested too deeply|flow|sequence/i],
    ['Latin-1', Buffer.from(lifecycleWith('more: ').trimEnd().concat('\xe9'), 'latin1'), /UTF-8/],
    ['UTF-16', Buffer.from(lifecycleWith(), 'utf16le'), /./],
    ['two documents', lifecycleWith('---', 'a: 1'), /documents/],
    ['empty content', '', /./],
    ['a folder in place of the document', lifecycleWith().replace('openapi.yaml', '""'), /does not exist/],
    [
      'a document that does not exist',
      lifecycleWith().replace('openapi.yaml', '/etc/hostname'),
      /does not exist/,
    ],
  ])('is rejected because of %s', async (_what, text, says) => {
    const problems = await problemsWith({ 'lifecycle.yaml': text });
    expectPlaced(problems);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(says);
  });

  it('may begin with a byte order mark', async () => {
    expect(await problemsWith({ 'lifecycle.yaml': `\uFEFF${lifecycleWith()}` })).toEqual([]);
  });
});

describe('a document that refers to other files or addresses', () => {
  it.each(['other.yaml#/Clip', '../../package.json', 'http://127.0.0.1:9/a.yaml#/A'])(
    'is rejected with the line of the reference %s',
    async (reference) => {
      const own = readFileSync(join(ACME, 'openapi.yaml'), 'utf8');
      const text = own.replace('#/components/schemas/ClipRequest', reference);
      const line = text.slice(0, text.indexOf(reference)).split('\n').length;
      const problems = await problemsWith({ 'openapi.yaml': text });
      expect(problems.map((problem) => problem.line)).toEqual([line, line]);
      expect(problems[0]?.message).toContain('copy its target into this document');
    },
  );
});

it.each(['if', 'then', 'else', 'not'])(
  'a schema whose "%s" refers to the schema itself is reported, and not followed without end',
  async (keyword) => {
    const document = parse(readFileSync(join(ACME, 'openapi.yaml'), 'utf8'), { merge: true });
    document.components.schemas.Clip[keyword] = { $ref: '#/components/schemas/Clip' };
    const problems = await problemsWith({ 'openapi.yaml': stringify(document) });
    expect(problems.map(({ message }) => message).join('\n')).toContain('defined only by itself');
  },
);
