import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blankEntry } from './blank-entry.ts';
import type { SavedPart } from './fold.ts';
import { blankFolder, type OpenFolder, openFolder, replaceFile } from './journal-folder.ts';
import { HEADER, headerAfter, JOURNAL_FILE, removedLine } from './journal-lines.ts';
import { isIntact, readSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.ts';
import { journaledPlan } from './testing/journaled-plan.ts';
import { limits, removeLimits } from './testing/limited-disk.ts';
import { sampleEntry } from './testing/sample-entries.ts';
import type { OpenEntry } from './unpack-entry.ts';

vi.mock('node:fs/promises', async (load) => {
  const { limitedDisk } = await import('./testing/limited-disk.ts');
  return limitedDisk(await load());
});

let root: string;
let dir: string;
const open: { close(): void }[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stuntdouble-folder-'));
  dir = join(root, 'data');
});
afterEach(() => {
  removeLimits();
  for (const one of open.splice(0)) one.close();
  rmSync(root, { recursive: true });
});

function opened(): OpenFolder {
  const folder = openFolder(dir);
  open.push({
    close() {
      closeSync(folder.fd);
      folder.lock.release();
    },
  });
  return folder;
}

const journal = (): string => join(dir, JOURNAL_FILE);
const read = (path: string): string => readFileSync(path, 'utf8');

describe('opening a folder', () => {
  it('creates it with an empty journal, readable for its owner only', () => {
    const folder = opened();
    expect(folder).toMatchObject({ isRegular: true, size: HEADER.length, path: journal() });
    expect(read(journal())).toBe(HEADER);
    if (process.platform === 'win32') return;
    expect([statSync(dir).mode & 0o777, statSync(journal()).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('keeps the entries of an existing journal, and removes an unfinished replacement of it', () => {
    mkdirSync(dir);
    writeFileSync(journal(), `${HEADER}{}\n`);
    writeFileSync(`${journal()}.new`, 'partial');
    expect(opened().size).toBe(HEADER.length + 3);
    expect(read(journal())).toBe(`${HEADER}{}\n`);
    expect(existsSync(`${journal()}.new`)).toBe(false);
  });

  it('continues after the newest closed file when the open file is missing', () => {
    mkdirSync(dir);
    writeFileSync(`${journal()}.9`, HEADER);
    writeFileSync(`${journal()}.12`, headerAfter(9));
    opened();
    expect(read(journal())).toBe(headerAfter(12));
  });

  it('starts an empty journal again, which a reset may have left', () => {
    mkdirSync(dir);
    writeFileSync(`${journal()}.9`, HEADER);
    writeFileSync(journal(), '');
    opened();
    expect(read(journal())).toBe(HEADER);
  });

  it('is refused to a second mock, and possible again after it was released', () => {
    const first = openFolder(dir);
    expect(() => openFolder(dir)).toThrow(expect.objectContaining({ code: 'DATA_LOCKED' }));
    closeSync(first.fd);
    first.lock.release();
    expect(opened().size).toBe(HEADER.length);
  });

  it('is rejected with a remedy, and leaves it unlocked, when it cannot be used', () => {
    writeFileSync(dir, '');
    expect(() => openFolder(dir)).toThrow(
      expect.objectContaining({
        code: 'DATA_UNUSABLE',
        message: expect.stringContaining(`${dir} cannot be used: EEXIST`),
        remedy: 'Choose another folder with --data.',
      }),
    );
    rmSync(dir);
    mkdirSync(journal(), { recursive: true });
    expect(() => openFolder(dir)).toThrow(expect.objectContaining({ code: 'DATA_UNUSABLE' }));
    rmSync(journal(), { recursive: true });
    expect(opened().size).toBe(HEADER.length);
  });
});

describe('replacing the open file', () => {
  it('keeps it under the number of its last entry, and continues in a new one', async () => {
    const { path } = opened();
    writeFileSync(path, `${HEADER}{"seq":7}\n`);
    const { fd, size } = await replaceFile(path, 7);
    closeSync(fd);
    expect(read(`${path}.7`)).toBe(`${HEADER}{"seq":7}\n`);
    expect([read(path), size]).toEqual([headerAfter(7), headerAfter(7).length]);
  });

  it.each([0, 10])('leaves it as it was on a disk that has room for %s bytes', async (room) => {
    const { path } = opened();
    limits.room = room;
    await expect(replaceFile(path, 7)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(read(path)).toBe(HEADER);
    expect(existsSync(`${path}.7`)).toBe(false);
  });
});

const CONTENTS = 'contents of a client';
const plan = journaledPlan('a', { request: { prompt: CONTENTS } });
const blank = (entry: OpenEntry): OpenEntry => blankEntry(entry, () => false);
const lineOf = (seq: number): string => `${JSON.stringify(sampleEntry('task.submitted', { seq, plan }))}\n`;
const blankLineOf = (seq: number): string =>
  `${JSON.stringify(blank(sampleEntry('task.submitted', { seq, plan })))}\n`;

describe('blanking a folder', () => {
  function* parts(): Generator<SavedPart> {
    yield ['tasks', { plan, announced: 1 }];
    yield ['other', { plan: CONTENTS }];
  }

  async function filled(): Promise<string> {
    const { path } = opened();
    writeFileSync(`${path}.1`, `${HEADER}${lineOf(1)}`);
    writeFileSync(path, `${headerAfter(1)}${removedLine(2, 3)}${lineOf(4)}{"seq":5`);
    const stamp = { seq: 1, at: 1, wallAt: 1 };
    const { signal } = new AbortController();
    await writeSnapshot({ dir, stamp, parts: parts(), signal, isWanted: Promise.resolve(true) });
    return path;
  }

  function partsRead(): SavedPart[] {
    const found: SavedPart[] = [];
    readSnapshot(snapshotPath(dir, 1), (part) => found.push(part));
    return found;
  }

  it.each([Number.POSITIVE_INFINITY, 100])(
    'changes the entries of all files and the tasks of snapshots, and nothing else: %s bytes at once',
    async (atOnce) => {
      const path = await filled();
      limits.atOnce = atOnce;
      const { fd, size } = await blankFolder(dir, path, blank);
      closeSync(fd);
      expect(read(`${path}.1`)).toBe(`${HEADER}${blankLineOf(1)}`);
      expect(read(path)).toBe(`${headerAfter(1)}${removedLine(2, 3)}${blankLineOf(4)}`);
      expect(size).toBe(statSync(path).size);
      expect(isIntact(snapshotPath(dir, 1))).toBe(true);
      expect(partsRead()).toEqual([
        ['tasks', { plan: { ...plan, request: {} }, announced: 1 }],
        ['other', { plan: CONTENTS }],
      ]);
    },
  );

  it.each([0, 100])('leaves each file whole on a disk that has room for %s bytes', async (room) => {
    const path = await filled();
    const names = readdirSync(dir).filter((name) => name.includes('jsonl'));
    const before = names.map((name) => read(join(dir, name)));
    limits.room = room;
    await expect(blankFolder(dir, path, blank)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(dir).filter((name) => name.includes('jsonl'))).toEqual(names);
    expect(names.map((name) => read(join(dir, name)))).toEqual(before);
  });

  it('removes a damaged snapshot, because it may contain anything', async () => {
    const path = await filled();
    writeFileSync(snapshotPath(dir, 1), CONTENTS);
    const { fd } = await blankFolder(dir, path, blank);
    closeSync(fd);
    expect(existsSync(snapshotPath(dir, 1))).toBe(false);
  });

  it('adds a header to a file of version 1', async () => {
    const { path } = opened();
    writeFileSync(path, lineOf(1));
    const { fd } = await blankFolder(dir, path, blank);
    closeSync(fd);
    expect(read(path)).toBe(`${HEADER}${blankLineOf(1)}`);
  });
});
