import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damageIn, HEADER, headerAfter, type Line, linesOf, parseLine, readHeader } from './journal-lines.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-lines-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const damage = damageIn('file.jsonl');

function read(content: string | Buffer): Line[] {
  const path = join(dir, 'file.jsonl');
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  try {
    const lines: Line[] = [];
    // Copied, because the next chunk is read into the same buffer.
    for (const line of linesOf(fd, damage)) lines.push({ ...line, bytes: Buffer.from(line.bytes) });
    return lines;
  } finally {
    closeSync(fd);
  }
}

describe('lines', () => {
  it('are read with their offsets, including those longer than a chunk and an incomplete last one', () => {
    const long = 'é'.repeat(1_500_000);
    const lines = read(`a\n${long}\n\nend`);
    expect(lines.map(({ number, whole, start }) => [number, whole, start])).toEqual([
      [1, true, 0],
      [2, true, 2],
      [3, true, 3_000_003],
      [4, false, 3_000_004],
    ]);
    expect(lines.map(({ bytes }) => bytes.toString('utf8'))).toEqual(['a', long, '', 'end']);
  });

  it.each<[string | Buffer, RegExp]>([
    ['[]\n', /file\.jsonl:1 is not a JSON object/],
    ['{"a"\n', /file\.jsonl:1 is not JSON/],
    [Buffer.from([0x22, 0xff, 0x22, 0x0a]), /file\.jsonl:1 is not UTF-8/],
  ])('that are not JSON objects are rejected: %j', (content, expected) => {
    const [line] = read(content);
    if (line === undefined) throw new Error('the file is empty');
    expect(() => parseLine(line, damage)).toThrow(expected);
  });
});

describe('a header', () => {
  it.each([null, 0, 42])('names the entry that the file continues after: %s', (after) => {
    expect(readHeader(JSON.parse(headerAfter(after)) as Record<string, unknown>)).toEqual({ after });
  });

  it('of a file with all entries can be read by earlier versions', () => {
    expect(HEADER).toBe('{"format":"stuntdouble-journal","version":2}\n');
  });

  it.each<[object, unknown]>([
    [{ type: 'server.reset' }, null],
    [{ format: 'other' }, 'has the unknown format "other"'],
    [{ format: 'stuntdouble-journal', version: 9 }, expect.stringContaining('reads versions 1 to 3')],
    [{ format: 'stuntdouble-journal', version: 3 }, 'does not name the entry that it continues after'],
  ])('is recognized: %j', (value, expected) => {
    expect(readHeader(value as Record<string, unknown>)).toEqual(expected);
  });
});
