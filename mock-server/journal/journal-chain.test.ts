import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropBefore, dropLeftovers, findChain } from './journal-chain.ts';
import { headerAfter } from './journal-lines.ts';
import { isIntact, readSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-chain-'));
  path = join(dir, 'journal.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true }));

function journalFile(name: string, after: number | null): void {
  writeFileSync(join(dir, name), headerAfter(after));
}

async function snapshot(seq: number, isWanted = true): Promise<number | null> {
  function* parts(): Generator<readonly [string, unknown]> {
    yield ['tasks', { n: 1 }];
    yield ['tasks', { n: 2 }];
  }
  const { signal } = new AbortController();
  const stamp = { seq, at: 5, wallAt: 6 };
  return writeSnapshot({ dir, stamp, parts: parts(), signal, isWanted: Promise.resolve(isWanted) });
}

const names = (): string[] => readdirSync(dir).sort();

describe('the files to read', () => {
  it('are the newest intact snapshot and the files after it', async () => {
    journalFile('journal.jsonl.10', null);
    journalFile('journal.jsonl.20', 10);
    journalFile('journal.jsonl', 20);
    for (const seq of [10, 20]) await snapshot(seq);
    const chain = findChain(dir, path);
    expect([chain.snapshot, chain.files.map((file) => basename(file.path))]).toEqual([20, ['journal.jsonl']]);
    writeFileSync(snapshotPath(dir, 20), 'rubbish');
    const earlier = findChain(dir, path);
    expect(earlier.snapshot).toBe(10);
    expect(earlier.files.map((file) => basename(file.path))).toEqual(['journal.jsonl.20', 'journal.jsonl']);
    expect(earlier.damaged).toEqual([snapshotPath(dir, 20)]);
    rmSync(snapshotPath(dir, 10));
    expect([findChain(dir, path).snapshot, findChain(dir, path).files.length]).toEqual([null, 3]);
  });

  it('are not those from before a reset, which are removed', async () => {
    journalFile('journal.jsonl.10', null);
    journalFile('journal.jsonl', null);
    await snapshot(10);
    const chain = findChain(dir, path);
    expect([chain.snapshot, chain.files.length]).toEqual([null, 1]);
    dropLeftovers(dir, path, chain);
    expect(names()).toEqual(['journal.jsonl']);
  });

  it('are incomplete without the snapshot that the oldest continues after', () => {
    journalFile('journal.jsonl', 20);
    expect(() => findChain(dir, path)).toThrow(/continues after entry 20, whose snapshot is missing/);
  });
});

it('the files before the older of two snapshots are removed', async () => {
  journalFile('journal.jsonl.10', null);
  journalFile('journal.jsonl.20', 10);
  journalFile('journal.jsonl.30', 20);
  journalFile('journal.jsonl', 30);
  for (const seq of [10, 20, 30]) await snapshot(seq);
  await dropBefore(dir, path, [20, 30]);
  expect(names()).toEqual(['journal.jsonl', 'journal.jsonl.30', 'snapshot-20.jsonl', 'snapshot-30.jsonl']);
});

describe('a snapshot file', () => {
  it('gives back its parts and its stamp', async () => {
    await snapshot(7);
    const parts: unknown[] = [];
    expect(isIntact(snapshotPath(dir, 7))).toBe(true);
    expect(readSnapshot(snapshotPath(dir, 7), (part) => parts.push(part))).toMatchObject({
      seq: 7,
      at: 5,
      wallAt: 6,
    });
    expect(parts).toEqual([
      ['tasks', { n: 1 }],
      ['tasks', { n: 2 }],
    ]);
  });

  it('does not appear when it is not wanted', async () => {
    expect(await snapshot(7, false)).toBeNull();
    expect(names()).toEqual([]);
  });
});
