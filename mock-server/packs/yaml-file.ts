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

  /** Where a value begins, with its key when it has one: a block stands below its key. */
  function startOf(parents: readonly string[], key: string): number | undefined {
    const parent = parents.length === 0 ? document.contents : document.getIn(parents, true);
    const holder = yaml.isAlias(parent) ? parent.resolve(document) : parent;
    if (yaml.isMap(holder)) {
      const pair = holder.items.find(({ key: own }) => yaml.isScalar(own) && String(own.value) === key);
      return yaml.isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    }
    const item = yaml.isSeq(holder) ? holder.items[Number(key)] : undefined;
    return yaml.isNode(item) ? item.range?.[0] : undefined;
  }

  function lineOf(pointer: string): number {
    for (let parts = pointerParts(pointer); parts.length > 0; parts = parts.slice(0, -1)) {
      const start = startOf(parts.slice(0, -1), parts.at(-1) ?? '');
      if (start !== undefined) return lines.linePos(start).line;
    }
    return 1;
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
