import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Declaration, exportsOf } from './declarations.ts';
import { docLine, tagText } from './doc-comment.ts';
import { code, pageOf, table, textOf } from './markdown.ts';
import { ROOT } from './root.ts';

/** The purpose of each entry of the package. The test of the page requires a line for each entry. */
const PURPOSE: Readonly<Record<string, string>> = {
  stuntdouble: 'The mock server.',
  'stuntdouble/jest': 'A mock and matchers for Jest, also as CommonJS.',
  'stuntdouble/judge': 'The judges of `stuntdouble verify`, as functions.',
  'stuntdouble/matchers': 'Matchers for `expect.extend` of Jest and vitest.',
  'stuntdouble/node-test': 'A mock for `node:test`.',
  'stuntdouble/playwright': 'The `test` of Playwright with a mock in each worker.',
  'stuntdouble/start-mock': 'A mock whose address is in the environment, for any test runner.',
  'stuntdouble/vitest': 'Contracts, a mock and matchers for vitest.',
};

/** Returns `docs/reference/library.md`, generated from the doc comments of exports. */
export function libraryPage(): string {
  const entries = entriesOfPackage();
  const places = new Map<string, string>();
  return textOf([
    ...pageOf('Library', INTRODUCTION, 'the doc comments'),
    ...table(
      ['entry', 'purpose'],
      entries.map(({ name }) => [`[\`${name}\`](#${anchorOf(name)})`, PURPOSE[name] ?? '']),
    ),
    ...entries.flatMap((entry) => entrySection(entry, places)),
  ]);
}

/** Describes an entry. @param places anchors of names described so far; exports of several entries are described once */
function entrySection({ name, file }: Entry, places: Map<string, string>): string[] {
  const all = exportsOf(file).sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name, 'en'));
  const fresh = all.filter((one) => !places.has(one.name));
  for (const one of fresh) places.set(one.name, `${anchorOf(name)}-${one.name.toLowerCase()}`);
  return [
    `<a id="${anchorOf(name)}"></a>`,
    '',
    `## ${code(name)}`,
    '',
    PURPOSE[name] ?? '',
    '',
    ...table(
      ['name', 'kind', 'summary'],
      all.map((one) => [
        `[\`${one.name}\`](#${places.get(one.name)})`,
        one.kind,
        firstSentence(one.doc.text),
      ]),
    ),
    ...fresh.flatMap((one) => declaration(one, anchorOf(name))),
  ];
}

const RANKS: readonly Declaration['kind'][] = ['function', 'class', 'const', 'interface', 'type'];

function rankOf({ kind }: Declaration): number {
  return RANKS.indexOf(kind);
}

function firstSentence(text: string): string {
  return /^[\s\S]*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

const INTRODUCTION = [
  'The exports of the package. Durations are milliseconds, or text such as `500ms`, `15s`, `2m` or `14d`.',
  'Names that end in `At` are service time and `wallAt` is wall time. Errors are',
  '[`CodedError`](error-codes.md) with a `code`, a `message` and a `remedy`.',
];

interface Entry {
  readonly name: string;
  readonly file: string;
}

interface TypedEntry {
  readonly types: string;
}

/** Returns the entries of package.json with the source files that they are built from. */
function entriesOfPackage(): Entry[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | TypedEntry | { readonly import: TypedEntry }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const { types } = 'import' in target ? target.import : target;
    const source = types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts');
    return [{ name: path.replace(/^\./, 'stuntdouble'), file: join(ROOT, source) }];
  });
}

/** Returns the entries without a purpose in this file. */
export function entriesWithoutPurpose(): string[] {
  return entriesOfPackage()
    .map(({ name }) => name)
    .filter((name) => PURPOSE[name] === undefined);
}

/** Returns the functions, options and members of a mock without a doc comment. */
export function undocumented(): string[] {
  return entriesOfPackage().flatMap(({ file }) =>
    exportsOf(file).flatMap(({ name, kind, doc, members }) => [
      ...(kind === 'function' && doc.text === '' ? [name] : []),
      ...(name === 'MockServer' || name.endsWith('Options')
        ? membersWithoutText(members).map((path) => `${name}.${path}`)
        : []),
    ]),
  );
}

/** The comment of an object also applies to its members. */
function membersWithoutText(members: Declaration['members']): string[] {
  const described = members.filter(({ doc }) => docLine(doc) !== '').map(({ path }) => path);
  return members
    .map(({ path }) => path)
    .filter((path) => !described.some((own) => path === own || path.startsWith(`${own}.`)));
}

function anchorOf(entry: string): string {
  return `entry-${entry.replace('/', '-')}`;
}

function declaration({ name, kind, signature, doc, members }: Declaration, entry: string): string[] {
  const examples = doc.tags.filter((tag) => tag.name === 'example');
  const others = doc.tags.filter((tag) => tag.name !== 'example');
  return [
    `<a id="${entry}-${name.toLowerCase()}"></a>`,
    '',
    `### ${name}`,
    '',
    ...(kind === 'interface' && !signature.includes(' extends ') ? [] : ['```text', signature, '```', '']),
    ...(doc.text === '' ? [] : [doc.text, '']),
    ...others.map((tag) => `- ${tagText(tag).replace(/\s+/g, ' ')}`),
    ...(others.length === 0 ? [] : ['']),
    ...table(
      ['member', 'type', 'meaning'],
      members.map(({ path, type, isOptional, doc: own }) => [
        code(`${path}${isOptional ? '?' : ''}`),
        code(type),
        docLine(own),
      ]),
    ),
    ...examples.flatMap(({ text }) => ['```ts', text, '```', '']),
  ];
}
