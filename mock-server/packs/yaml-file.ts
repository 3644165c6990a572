import { isUtf8 } from 'node:buffer';
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
  const document = refusingDepth(file, () =>
    // Of YAML 1.2, whatever the file says: dates, sets and binary data are not JSON.
    yaml.parseDocument(text, { lineCounter: lines, merge: true, schema: 'core', resolveKnownTags: false }),
  );
  // What is only a warning to the library, like a tag that it ignores, changes what the file means.
  const troubles = [...document.errors, ...document.warnings];
  if (troubles.length > 0) {
    throw new PackError(
      troubles.map(({ linePos, message }) => ({
        file,
        line: linePos?.[0].line ?? 1,
        message: message.split('\n')[0] ?? message,
      })),
    );
  }
  yaml.visit(document, {
    Scalar(_key, { value, range }) {
      if (typeof value !== 'number' || Number.isFinite(value)) return;
      const line = lines.linePos(range?.[0] ?? 0).line;
      throw new PackError([{ file, line, message: `JSON has no number ${value}` }]);
    },
  });

  function toValue(): unknown {
    try {
      return refusingDepth(file, () => document.toJS());
    } catch (error) {
      if (error instanceof PackError) throw error;
      const { message } = error as Error;
      // An alias without its anchor, or too many of them, are found only now; the library gives no place.
      const name = /anchor.*: (\S+)$/.exec(message)?.[1] ?? '';
      const line = lines.linePos(Math.max(0, text.indexOf(`*${name}`))).line;
      const remedy = name === '' ? ': write the values out instead of repeating them by aliases' : '';
      throw new PackError([{ file, line, message: message + remedy }]);
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

/** The parser calls itself for each level, and the stack ends somewhere. */
function refusingDepth<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PackError([{ file, line: 1, message: 'values are nested too deeply to be read' }]);
  }
}

function readText(path: string): string {
  const bytes = readBytes(path);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const line = lineOfBadByte(bytes);
  throw new PackError([
    { file: displayPath(path), line, message: 'expected text in UTF-8: save it as UTF-8' },
  ]);
}

/** The first line with bytes that are not UTF-8. In UTF-8, no byte of a longer character is a line feed. */
function lineOfBadByte(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf('\n', start);
    const end = feed < 0 ? bytes.length : feed + 1;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end;
  }
  return line;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
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
