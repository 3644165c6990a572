import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SavedPart } from './fold.ts';
import { HEADER, headerAfter } from './journal-lines.ts';
import { type PastRead, readPast } from './read-past.ts';
import { snapshotPath, writeSnapshot } from './snapshot-file.ts';
import { sampleEntry } from './testing/sample-entries.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-past-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const path = (): string => join(dir, 'journal.jsonl');
const lines = (...seqs: readonly number[]): string =>
  seqs.map((seq) => `${JSON.stringify(sampleEntry('scenario.cleared', { seq }))}\n`).join('');

async function snapshot(seq: number): Promise<void> {
  function* parts(): Generator<SavedPart> {
    yield ['clock', seq];
    yield ['tasks', seq];
  }
  const stamp = { seq, at: seq, wallAt: seq };
  const { signal } = new AbortController();
  await writeSnapshot({ dir, stamp, parts: parts(), signal, isWanted: Promise.resolve(true) });
}

/** Returns what is read, in the order in which it is passed on. */
function readAll(): { readonly read: PastRead; readonly used: unknown[] } {
  const used: unknown[] = [];
  const read = readPast(dir, path(), {
    part: (part) => void used.push(part),
    snapshot: ({ seq }) => void used.push(`snapshot ${seq}`),
    entry: ({ seq }) => {
      used.push(seq);
      return null;
    },
  });
  return { read, used };
}

/** A folder with two snapshots and the entries since the older one. */
async function filled(): Promise<void> {
  await snapshot(2);
  writeFileSync(`${path()}.4`, `${headerAfter(2)}${lines(3, 4)}`);
  await snapshot(4);
  writeFileSync(path(), `${headerAfter(4)}${lines(5, 6)}`);
}

describe('reading the past', () => {
  it('begins with the newest snapshot, followed by the entries after it', async () => {
    await filled();
    const { read, used } = readAll();
    expect(used).toEqual([['clock', 4], ['tasks', 4], 'snapshot 4', 5, 6]);
    expect(read).toMatchObject({ stamp: { seq: 4, at: 4, wallAt: 4 }, damaged: [] });
    expect(read.snapshotBytes).toBe(statSync(snapshotPath(dir, 4)).size);
    expect([read.entryBytes, read.open.size, read.open.last]).toEqual([
      statSync(path()).size,
      statSync(path()).size,
      6,
    ]);
  });

  it('begins with the previous snapshot, and names the newest one, when that is damaged', async () => {
    await filled();
    writeFileSync(snapshotPath(dir, 4), 'rubbish');
    const { read, used } = readAll();
    expect(used).toEqual([['clock', 2], ['tasks', 2], 'snapshot 2', 3, 4, 5, 6]);
    expect(read.damaged).toEqual([snapshotPath(dir, 4)]);
    expect(read.entryBytes).toBe(statSync(path()).size + statSync(`${path()}.4`).size);
  });

  it('has entries alone without a snapshot, and nothing in an empty folder', () => {
    writeFileSync(path(), `${HEADER}${lines(1, 2)}`);
    expect(readAll()).toMatchObject({ read: { stamp: null, snapshotBytes: 0 }, used: [1, 2] });
    writeFileSync(path(), '');
    const { read, used } = readAll();
    expect([used, read.open]).toEqual([[], { hasHeader: false, size: 0, repairedBytes: 0, last: null }]);
  });

  it('accepts a truncated line at the end of the open file only', async () => {
    await filled();
    writeFileSync(path(), `${headerAfter(4)}${lines(5)}{"seq":6`);
    expect(readAll()).toMatchObject({
      read: { open: { repairedBytes: '{"seq":6'.length, last: 5 } },
      used: [['clock', 4], ['tasks', 4], 'snapshot 4', 5],
    });
    writeFileSync(snapshotPath(dir, 4), 'rubbish');
    writeFileSync(`${path()}.4`, `${headerAfter(2)}${lines(3)}{"seq":4`);
    expect(readAll).toThrow(`${path()}.4:3 is not JSON and is incomplete`);
  });

  it('is rejected when entries between two files are missing', async () => {
    await filled();
    writeFileSync(path(), `${headerAfter(4)}${lines(6)}`);
    expect(readAll).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }));
  });

  it('removes unfinished snapshots, and keeps what could be read instead', async () => {
    await filled();
    writeFileSync(`${snapshotPath(dir, 6)}.new`, 'partial');
    readAll();
    expect(readdirSync(dir).sort()).toEqual([
      'journal.jsonl',
      'journal.jsonl.4',
      'snapshot-2.jsonl',
      'snapshot-4.jsonl',
    ]);
  });
});
