import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import type { YAMLError } from 'yaml';
import { CodedError } from '../core/coded-error.ts';
import { PackError, type PackProblem } from './pack-error.ts';
import { pointerParts } from './pointer.ts';

/** A parsed YAML or JSON file that can report the line of each value. */
export interface YamlFile {
  readonly value: unknown;
  /** Creates a problem with the line of the value at a pointer. */
  problemAt(pointer: string, message: string): PackProblem;
}

/** Reads a YAML file. @throws {CodedError} when it does not exist; {PackError} when it is not YAML */
export function readYamlFile(path: string): YamlFile {
  // The library is loaded here, because most commands do not parse YAML.
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  const file = displayPath(path);
  const lines = new yaml.LineCounter();
  const text = readText(path);
  const document = refusingDepth(file, () =>
    // The core schema of YAML 1.2 has no dates, sets or binary data, which JSON cannot represent.
    yaml.parseDocument(text, { lineCounter: lines, merge: true, schema: 'core', resolveKnownTags: false }),
  );
  // Warnings of the library, such as ignored tags, are errors here because they change the meaning of the file.
  const defects = [...document.errors, ...document.warnings];
  if (defects.length > 0) {
    throw new PackError(
      defects.map((defect) => ({
        file,
        line: defect.linePos?.[0].line ?? 1,
        message: describe(defect, text),
      })),
    );
  }
  yaml.visit(document, {
    Scalar(_key, { value, range }) {
      if (typeof value !== 'number' || Number.isFinite(value)) return;
      const line = lines.linePos(range?.[0] ?? 0).line;
      throw new PackError([{ file, line, message: `the number ${value} does not exist in JSON` }]);
    },
  });

  function toValue(): unknown {
    try {
      return refusingDepth(file, () => document.toJS());
    } catch (error) {
      if (error instanceof PackError) throw error;
      const { message } = error as Error;
      // The library detects unknown and excessive aliases only here, and does not report their place.
      const name = /anchor.*: (\S+)$/.exec(message)?.[1] ?? '';
      const line = lines.linePos(Math.max(0, text.indexOf(`*${name}`))).line;
      const remedy = name === '' ? '; write the values out instead of repeating them with aliases' : '';
      throw new PackError([{ file, line, message: message + remedy }]);
    }
  }

  /** Returns the text of a key. The library represents the merge key, `<<`, as a symbol. */
  function textOf(key: unknown): string {
    const value = yaml.isScalar(key) ? key.value : key;
    return typeof value === 'symbol' ? (value.description ?? '') : String(value);
  }

  /** Finds an entry of a map or a list. For an alias or a merged key, this is the entry at its anchor. */
  function entryOf(parent: unknown, key: string): { start?: number | undefined; value: unknown } | undefined {
    const holder = yaml.isAlias(parent) ? parent.resolve(document) : parent;
    if (yaml.isSeq(holder)) {
      const item = holder.items[Number(key)];
      return yaml.isNode(item) ? { start: item.range?.[0], value: item } : undefined;
    }
    if (!yaml.isMap(holder)) return undefined;
    const keyed = (name: string) => holder.items.filter(({ key: own }) => textOf(own) === name);
    const [own] = keyed(key);
    // A block begins below its key, so its place is that of the key.
    if (own !== undefined)
      return { start: yaml.isScalar(own.key) ? own.key.range?.[0] : undefined, value: own.value };
    const merged = keyed('<<').flatMap(({ value }) => (yaml.isSeq(value) ? value.items : [value]));
    return merged.map((source) => entryOf(source, key)).find((entry) => entry !== undefined);
  }

  /** Returns the line of the last part of the pointer that exists. */
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

/** Reports a stack overflow of the recursive parser as a problem of the file. */
function refusingDepth<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PackError([{ file, line: 1, message: 'values are nested too deeply' }]);
  }
}

/** Describes a defect in one line. The library's message for a duplicate key does not name the key. */
function describe({ code, pos, message }: YAMLError, text: string): string {
  const key =
    code === 'DUPLICATE_KEY' ? /^("[^"]*"|'[^']*'|[^:\s]+)/.exec(text.slice(pos[0]))?.[0] : undefined;
  if (key !== undefined) return `duplicate key "${key.replaceAll(/^["']|["']$/g, '')}"`;
  return message.split('\n')[0] ?? message;
}

function readText(path: string): string {
  const bytes = readBytes(path);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const line = lineOfBadByte(bytes);
  throw new PackError([
    { file: displayPath(path), line, message: 'the file is not valid UTF-8; save it as UTF-8' },
  ]);
}

/** Returns the first line with invalid UTF-8. Bytes of multi-byte characters cannot be line feeds. */
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
      'Use a folder that contains lifecycle.yaml and the OpenAPI document that it names.',
    );
  }
}

function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}
