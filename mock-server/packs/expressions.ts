import { CODECS, type Codec, type CodecSettings } from './codecs.ts';
import { Defect } from './defect.ts';
import { atPointer, pointerParts } from './pointer.ts';

/** Sources of the values in expressions, by root: for `$task.id`, `task` is called with `id`. */
export type Roots<Context> = Readonly<
  Record<string, (path: string) => ((context: Context) => unknown) | null>
>;

/** The roots and settings of the expressions in one part of a pack. */
export interface Language<Context> {
  readonly roots: Roots<Context>;
  readonly settings: CodecSettings;
}

/** A compiled expression. */
export type Evaluate<Context> = (context: Context) => unknown;

/**
 * Compiles an expression of the form `$root.path | codec | codec`.
 * @throws {Defect} when the expression can never have a value
 */
export function compileExpression<Context>(source: string, language: Language<Context>): Evaluate<Context> {
  const [head = '', ...codecNames] = source.split('|').map((part) => part.trim());
  const read = compileHead(head, language);
  const codecs = codecNames.map(findCodec);
  if (codecs.length === 0) return read;
  return (context) => codecs.reduce((value, codec) => codec(value, language.settings), read(context));
}

function compileHead<Context>(head: string, { roots }: Language<Context>): Evaluate<Context> {
  const match = /^\$([a-z]+)(?:\.(.+))?$/i.exec(head);
  if (match === null) throw new Defect(`"${head}" is not an expression; expected $root.path`);
  const [, root = '', path = ''] = match;
  if (root === 'null') {
    if (path !== '') throw new Defect(`unknown expression "${head}": $null has no "${path}"`);
    return () => null;
  }
  const open = Object.hasOwn(roots, root) ? roots[root] : undefined;
  if (open === undefined) {
    const known = Object.keys(roots).map((name) => `$${name}`);
    throw new Defect(`"${head}" cannot be used here; expected one of ${known.join(', ')}, $null`);
  }
  const read = open(path);
  if (read === null) throw new Defect(`unknown expression "${head}": $${root} has no "${path}"`);
  return read;
}

/** Finds a codec by its name. @throws {Defect} when it does not exist */
export function findCodec(name: string): Codec {
  const [, replacement] = /^or (.+)$/.exec(name) ?? [];
  if (replacement !== undefined) return (value) => value ?? replacement;
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
  if (codec !== undefined) return codec;
  throw new Defect(`unknown codec "${name}"; expected one of ${Object.keys(CODECS).join(', ')}, or TEXT`);
}

/** Creates a root with exactly these fields. Inherited properties are not fields. */
export function fieldsOf<Context>(fields: Readonly<Record<string, Evaluate<Context>>>) {
  return (path: string): Evaluate<Context> | null =>
    Object.hasOwn(fields, path) ? (fields[path] ?? null) : null;
}

/** Compiles `body#/a/b` (of `$request.body#/a/b`) into a function that reads the body; null for any other path. */
export function bodyPointer(path: string): ((body: unknown) => unknown) | null {
  const match = /^body#(\/.*)$/.exec(path);
  if (match === null) return null;
  const pointer = match[1] ?? '';
  const [only, ...more] = pointerParts(pointer);
  // Fast path for a top-level field, which is the most common case.
  if (only !== undefined && more.length === 0) {
    return (body) =>
      typeof body === 'object' && body !== null && Object.hasOwn(body, only)
        ? (body as Record<string, unknown>)[only]
        : undefined;
  }
  return (body) => atPointer(body, pointer);
}
