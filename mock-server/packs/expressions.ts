import { CODECS, type Codec, type CodecSettings } from './codecs.ts';
import { Defect } from './defect.ts';

/** Where the values of an expression come from, by root: `$task.id` asks `task` for `id`. */
export type Roots<Context> = Readonly<
  Record<string, (path: string) => ((context: Context) => unknown) | null>
>;

export interface Language<Context> {
  readonly roots: Roots<Context>;
  readonly settings: CodecSettings;
}

export type Evaluate<Context> = (context: Context) => unknown;

/** Compiles `$root.path | codec | codec`.
 * @throws {Defect} for an expression that can never yield anything */
export function compileExpression<Context>(source: string, language: Language<Context>): Evaluate<Context> {
  const [head = '', ...codecNames] = source.split('|').map((part) => part.trim());
  const read = compileHead(head, language);
  const codecs = codecNames.map(findCodec);
  if (codecs.length === 0) return read;
  return (context) => codecs.reduce((value, codec) => codec(value, language.settings), read(context));
}

function compileHead<Context>(head: string, { roots }: Language<Context>): Evaluate<Context> {
  const match = /^\$([a-z]+)(?:\.(.+))?$/i.exec(head);
  if (match === null) throw new Defect(`"${head}" is no expression: expected $root.path`);
  const [, root = '', path = ''] = match;
  if (root === 'null') {
    if (path !== '') throw new Defect(`"${head}" names nothing: $null has no "${path}"`);
    return () => null;
  }
  const open = Object.hasOwn(roots, root) ? roots[root] : undefined;
  if (open === undefined) {
    const known = Object.keys(roots).map((name) => `$${name}`);
    throw new Defect(`"${head}" cannot be used here: expected one of ${known.join(', ')}, $null`);
  }
  const read = open(path);
  if (read === null) throw new Defect(`"${head}" names nothing: $${root} has no "${path}"`);
  return read;
}

/** @throws {Defect} */
export function findCodec(name: string): Codec {
  const [, instead] = /^or (.+)$/.exec(name) ?? [];
  if (instead !== undefined) return (value) => value ?? instead;
  const codec = Object.hasOwn(CODECS, name) ? CODECS[name] : undefined;
  if (codec !== undefined) return codec;
  throw new Defect(`"${name}" is no codec: expected one of ${Object.keys(CODECS).join(', ')}, or TEXT`);
}

/** A root whose fields are these and no others: what an object inherits is no field. */
export function fieldsOf<Context>(fields: Readonly<Record<string, Evaluate<Context>>>) {
  return (path: string): Evaluate<Context> | null =>
    Object.hasOwn(fields, path) ? (fields[path] ?? null) : null;
}

/** The value at an RFC 6901 pointer; undefined when there is none. Own properties only. */
export function atPointer(value: unknown, pointer: string): unknown {
  let current = value;
  for (const part of pointerParts(pointer)) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    if (Array.isArray(current) && !/^\d+$/.test(part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

export function pointerParts(pointer: string): string[] {
  if (pointer === '' || pointer === '/') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `body#/a/b` of `$request.body#/a/b`, as a reader of the body; null when it is something else. */
export function bodyPointer(path: string): ((body: unknown) => unknown) | null {
  const match = /^body#(\/.*)$/.exec(path);
  if (match === null) return null;
  const pointer = match[1] ?? '';
  const [only, ...more] = pointerParts(pointer);
  // The usual case, a top-level field, without the walk.
  if (only !== undefined && more.length === 0) {
    return (body) =>
      typeof body === 'object' && body !== null && Object.hasOwn(body, only)
        ? (body as Record<string, unknown>)[only]
        : undefined;
  }
  return (body) => atPointer(body, pointer);
}
