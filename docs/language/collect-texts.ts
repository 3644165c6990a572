import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseSync } from 'vite';
import { LineCounter, parseDocument, visit } from 'yaml';

/** A text that a person reads, and its place. */
export interface Text {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly kind: 'string' | 'comment' | 'markup' | 'prose' | 'name';
  /** On one line; values that code fills in appear as `{…}`, names as separate words. */
  readonly text: string;
}

type Reader = (source: string) => readonly Found[];

interface Found {
  readonly offset: number;
  readonly kind: Text['kind'];
  readonly text: string;
}

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/\.(ts|tsx|js|mjs|cjs)$/, readCode],
  [/\.ya?ml$/, readYaml],
  [/\.json$/, readJson],
  [/\.(md|txt)$/, readMarkdown],
  [/\.(svg|html)$/, readMarkup],
  [/\.(py|sh|pl|php|css)$|\/run$/, readCommentLines],
];

/** Whether the texts of a file can be read. */
export function hasTexts(file: string): boolean {
  return READERS.some(([pattern]) => pattern.test(file));
}

/** Every text of a file, and its name. */
export function collectTexts(root: string, file: string): Text[] {
  const [, read] = READERS.find(([pattern]) => pattern.test(file)) ?? [];
  if (read === undefined) return [];
  const source = readFileSync(join(root, file), 'utf8');
  const lineAt = linesOf(source);
  const name: Text = { file, line: 1, kind: 'name', text: inWords(basename(file).replace(/\..*$/, '')) };
  const texts = read(source).map(({ offset, kind, text }) => ({
    file,
    line: lineAt(offset),
    kind,
    text: onOneLine(text),
  }));
  return [name, ...texts.filter(({ text }) => /\w/.test(text)).sort((a, b) => a.line - b.line)];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function readCode(source: string): Found[] {
  const { program, comments } = parseSync('source.tsx', source);
  const found: Found[] = comments.map(({ value, start }) => ({
    offset: start,
    kind: 'comment',
    text: value.replace(/^\s*\*+ ?/gm, ''),
  }));
  const names = new Set<string>();
  walk(program as unknown as Node, (node) => {
    const text = textOf(node, source);
    if (text !== null) found.push({ offset: node.start, ...text });
    const name = node.type === 'Identifier' ? (node as Node & { readonly name: string }).name : null;
    if (name === null || names.has(name)) return;
    names.add(name);
    found.push({ offset: node.start, kind: 'name', text: inWords(name) });
  });
  return found;
}

function textOf(node: Node, source: string): Pick<Found, 'kind' | 'text'> | null {
  switch (node.type) {
    case 'Literal': {
      const { value } = node as Node & { readonly value: unknown };
      return typeof value === 'string' ? { kind: 'string', text: value } : null;
    }
    case 'TemplateLiteral': {
      const { quasis } = node as Node & {
        readonly quasis: readonly {
          readonly value: { readonly cooked: string | null; readonly raw: string };
        }[];
      };
      return { kind: 'string', text: quasis.map(({ value }) => value.cooked ?? value.raw).join('{…}') };
    }
    case 'JSXText':
      return { kind: 'markup', text: source.slice(node.start, node.end) };
    default:
      return null;
  }
}

/** The strings in them name modules. */
const IMPORTS = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'ImportExpression']);

function walk(node: Node, take: (node: Node) => void): void {
  if (IMPORTS.has(node.type)) return;
  take(node);
  for (const [key, value] of Object.entries(node)) {
    if (node.type === 'ExportNamedDeclaration' && key === 'source') continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === 'string') walk(child, take);
    }
  }
}

function readYaml(source: string): Found[] {
  const document = parseDocument(source, { lineCounter: new LineCounter() });
  const found: Found[] = [];
  visit(document, {
    Scalar: (_key, { value, range }) => {
      if (typeof value === 'string') found.push({ offset: range?.[0] ?? 0, kind: 'string', text: value });
    },
  });
  return [...found, ...readCommentLines(source)];
}

/** What a schema, or package.json, says to people. */
function readJson(source: string): Found[] {
  return [...source.matchAll(/"(?:description|title|\$comment)":\s*("(?:[^"\\]|\\.)*")/g)].map((match) => ({
    offset: match.index,
    kind: 'string',
    text: JSON.parse(match[1] ?? '""') as string,
  }));
}

/** A text for each paragraph, item, cell and heading; code blocks are left out. */
function readMarkdown(source: string): Found[] {
  const found: Found[] = [];
  let paragraph: { readonly offset: number; readonly lines: string[] } | null = null;
  let isCode = false;
  let offset = 0;
  const close = (): void => {
    if (paragraph !== null)
      found.push({ offset: paragraph.offset, kind: 'prose', text: paragraph.lines.join(' ') });
    paragraph = null;
  };
  for (const line of source.split('\n')) {
    const isFence = /^\s*(```|~~~)/.test(line);
    if (isFence) isCode = !isCode;
    if (isFence || isCode || line.trim() === '') {
      close();
    } else if (line.startsWith('|')) {
      close();
      for (const text of line.split(/(?<!\\)\|/)) found.push({ offset, kind: 'prose', text });
    } else {
      if (/^\s*([-*]|\d+\.|#+|>) /.test(line)) close();
      paragraph ??= { offset, lines: [] };
      paragraph.lines.push(line);
    }
    offset += line.length + 1;
  }
  close();
  return found;
}

function readMarkup(source: string): Found[] {
  return [...source.matchAll(/>([^<>{}]*\w[^<>{}]*)</g)].map((match) => ({
    offset: match.index,
    kind: 'markup',
    text: match[1] ?? '',
  }));
}

function readCommentLines(source: string): Found[] {
  return [...source.matchAll(/^[ \t]*(?:#|\/\/|\/?\*)(?!!) ?(.*)$/gm)].map((match) => ({
    offset: match.index,
    kind: 'comment',
    text: match[1] ?? '',
  }));
}

/** `isNoCallback` and `is-no-callback` as "is no callback". */
function inWords(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_$]+/g, ' ')
    .toLowerCase();
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** @returns the line of an offset, counted from 1 */
function linesOf(source: string): (offset: number) => number {
  const starts = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
