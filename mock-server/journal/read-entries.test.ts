import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { HEADER, headerAfter, removedLine } from './journal-lines.ts';
import { type EntriesRead, type EntriesToRead, readEntries, type UseEntry } from './read-entries.ts';
import { sampleEntry } from './testing/sample-entries.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-entries-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (seq: number): string => `${JSON.stringify(sampleEntry('scenario.cleared', { seq }))}\n`;
const path = (): string => join(dir, 'journal.jsonl');

function read(content: string, change: Partial<EntriesToRead> = {}, use: UseEntry = () => null): EntriesRead {
  writeFileSync(path(), content);
  const fd = openSync(path(), 'r');
  try {
    return readEntries({ fd, path: path(), last: null, mayBeTruncated: true, ...change }, use);
  } finally {
    closeSync(fd);
  }
}

function seqsOf(content: string): number[] {
  const seqs: number[] = [];
  read(content, {}, ({ seq }) => {
    seqs.push(seq);
    return null;
  });
  return seqs;
}

describe('reading entries', () => {
  it('passes them on in order, with or without a header and removed ones', () => {
    expect(seqsOf(`${HEADER}${line(4)}${line(5)}`)).toEqual([4, 5]);
    expect(seqsOf(`${line(1)}${removedLine(2, 8)}${line(9)}`)).toEqual([1, 9]);
    expect(seqsOf('')).toEqual([]);
  });

  it('returns the size and the number of the last one', () => {
    const content = `${HEADER}${line(1)}${line(2)}`;
    expect(read(content)).toEqual({ hasHeader: true, size: content.length, repairedBytes: 0, last: 2 });
    expect(read(line(7))).toEqual({ hasHeader: false, size: line(7).length, repairedBytes: 0, last: 7 });
    expect(read(headerAfter(7), { last: 7 })).toMatchObject({ hasHeader: true, last: 7 });
    expect(read(`${line(1)}${removedLine(2, 8)}`)).toMatchObject({ last: 8 });
  });

  it('reads the same entries from a file that was cut within a line', () => {
    const content = `${HEADER}${line(1)}${line(2)}${line(3)}`;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: content.length }), (length) => {
        const cut = content.slice(0, length);
        const { size, repairedBytes } = read(cut);
        expect(size + repairedBytes).toBe(length);
        expect(cut.slice(0, size)).toBe(cut.slice(0, cut.lastIndexOf('\n') + 1));
      }),
    );
  });

  it.each<[string, string]>([
    ['{"a', 'a partial entry'],
    ['\0\0\0', 'null bytes that were allocated for one'],
  ])('ignores a truncated last line: %j', (end) => {
    expect(read(`${HEADER}${end}`)).toMatchObject({ size: HEADER.length, repairedBytes: end.length });
    expect(() => read(`${HEADER}${end}`, { mayBeTruncated: false })).toThrow(
      `${path()}:2 is not JSON and is incomplete`,
    );
  });

  it.each<[string, string]>([
    [`${HEADER}rubbish`, '2 is not JSON and is incomplete'],
    [`${HEADER}rubbish\n`, '2 is not JSON'],
    [`${line(1)}${HEADER}`, '2 has the unknown type nothing'],
    [`${line(1)}${line(3)}`, '2 has seq 3 instead of 2'],
    [`${line(1)}${line(1)}`, '2 has seq 1 instead of 2'],
    [`${line(1)}${removedLine(3, 4)}`, '2 does not name the range of removed entries'],
    [`${line(1)}${removedLine(2, 1)}`, '2 does not name the range of removed entries'],
    [`${line(1)}{"removed":null}\n`, '2 does not name the range of removed entries'],
    [line(0), '1 has 0 at /seq, which must be >= 1'],
  ])('is rejected with the line: %j', (content, message) => {
    expect(() => read(content)).toThrow(
      expect.objectContaining({ code: 'DATA_DAMAGED', message: `${path()}:${message}` }),
    );
  });

  it('continues after the entry before the file', () => {
    expect(read(line(8), { last: 7 })).toMatchObject({ last: 8 });
    expect(() => read(line(9), { last: 7 })).toThrow(':1 has seq 9 instead of 8');
  });

  it('is rejected with the reason why an entry cannot follow the earlier ones', () => {
    const use: UseEntry = ({ seq }) => (seq === 2 ? 'moves the clock backwards' : null);
    expect(() => read(`${line(1)}${line(2)}`, {}, use)).toThrow(`${path()}:2 moves the clock backwards`);
  });
});
