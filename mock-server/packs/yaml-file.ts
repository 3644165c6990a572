import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import { pointerParts } from './expressions.ts';
import { PackError, type PackProblem } from './pack-error.ts';

/** A YAML (or JSON) file that remembers which line each of its values stands on. */
export interface YamlFile {
  readonly value: unknown;
  problemAt(pointer: string, message: string): PackProblem;
}

/** @throws {CodedError} when there is no such file; {PackError} when it is not YAML */
export function readYamlFile(path: string): YamlFile {
  // Parsed with a library only when a file is really read: the command's other parts need none of it.
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const file = displayPath(path);
  const lines = new yaml.LineCounter();
  const text = readText(path);
  const document = yaml.parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    throw new PackError(
      document.errors.map(({ linePos, message }) => ({
        file,
        line: linePos?.[0].line ?? 1,
        message: message.split('\n')[0] ?? message,
      })),
    );
  }

  function toValue(): unknown {
    try {
      return document.toJS();
    } catch (error) {
      // An alias without its anchor is found only now; the library names it, but not its place.
      const name = /anchor.*: (\S+)$/.exec((error as Error).message)?.[1] ?? '';
      const at = text.indexOf(`*${name}`);
      const line = lines.linePos(Math.max(0, at)).line;
      throw new PackError([{ file, line, message: (error as Error).message }]);
    }
  }

  /** The library reads the key of a merge, `<<`, as a symbol. */
  function textOf(key: unknown): string {
    const value = yaml.isScalar(key) ? key.value : key;
    return typeof value === 'symbol' ? (value.description ?? '') : String(value);
  }

  /** An entry of a map or a list; what is taken over from elsewhere (`*alias`, `<<`) stands over there. */
  function entryOf(parent: unknown, key: string): { start?: number | undefined; value: unknown } | undefined {
    const holder = yaml.isAlias(parent) ? parent.resolve(document) : parent;
    if (yaml.isSeq(holder)) {
      const item = holder.items[Number(key)];
      return yaml.isNode(item) ? { start: item.range?.[0], value: item } : undefined;
    }
    if (!yaml.isMap(holder)) return undefined;
    const keyed = (name: string) => holder.items.filter(({ key: own }) => textOf(own) === name);
    const [own] = keyed(key);
    // A block stands below its key, so the key is where it begins.
    if (own !== undefined)
      return { start: yaml.isScalar(own.key) ? own.key.range?.[0] : undefined, value: own.value };
    const merged = keyed('<<').flatMap(({ value }) => (yaml.isSeq(value) ? value.items : [value]));
    return merged.map((source) => entryOf(source, key)).find((entry) => entry !== undefined);
  }

  /** The line of the last part of the pointer that is there. */
  function lineOf(pointer: string): number {
    let start: number | undefined;
    let value: unknown = document.contents;
    for (const part of pointerParts(pointer)) {
      const entry = entryOf(value, part);
      if (entry === undefined) break;
      start = entry.start ?? start;
      value = entry.value;
    }
    return start === undefined ? 1 : lines.linePos(start).line;
  }

  return {
    value: toValue(),
    problemAt: (pointer, message) => ({ file, line: lineOf(pointer), message }),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CodedError(
      'PACK_UNREADABLE',
      `${displayPath(path)} cannot be read: ${(error as Error).message}`,
      'A pack is a folder with lifecycle.yaml and the OpenAPI document it names.',
    );
  }
}

function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
