import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Declaration, exportsOf } from './declarations.ts';
import { docLine, tagText } from './doc-comment.ts';
import { code, pageOf, table, textOf } from './markdown.ts';
import { ROOT } from './root.ts';

/** What each entry of the package is for. A new entry without a line here fails the test of the page. */
const PURPOSE: Readonly<Record<string, string>> = {
  stuntdouble: 'The mock server.',
  'stuntdouble/judge': 'The judges of `stuntdouble verify`, as functions.',
  'stuntdouble/matchers': 'Matchers for `expect.extend` of Jest and vitest.',
  'stuntdouble/start-mock': 'A mock whose address is in the environment, for any test runner.',
  'stuntdouble/vitest': 'Contracts, a mock and matchers for vitest.',
};

/** `docs/reference/library.md`, from the doc comments of what the package exports. */
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

/** @param places where names have been described so far: what several entries export is described once */
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
  'Everything that the package exports. Durations are milliseconds, or text such as `500ms`, `15s`, `2m` or `14d`.',
  'Names that end in `At` are service time and `wallAt` is wall time. Errors are',
  '[`CodedError`](error-codes.md) with a `code`, a `message` and a `remedy`.',
];

interface Entry {
  readonly name: string;
  readonly file: string;
}

/** The entries of package.json, by the sources that they are built from. */
function entriesOfPackage(): Entry[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const source = target.types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts');
    return [{ name: path.replace(/^\./, 'stuntdouble'), file: join(ROOT, source) }];
  });
}

/** Whether every entry has a purpose: the page would say nothing about it otherwise. */
export function entriesWithoutPurpose(): string[] {
  return entriesOfPackage()
    .map(({ name }) => name)
    .filter((name) => PURPOSE[name] === undefined);
}

/** Functions, and members of a mock, whose doc comment has no text. */
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

/** The text of an object is also that of what it consists of. */
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
