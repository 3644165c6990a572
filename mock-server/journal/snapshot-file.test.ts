import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { SavedPart } from './fold.ts';
import { isIntact, readSnapshot, seqOfSnapshot, snapshotPath, writeSnapshot } from './snapshot-file.ts';
import { limits, removeLimits } from './testing/limited-disk.ts';

vi.mock('node:fs/promises', async (load) => {
  const { limitedDisk } = await import('./testing/limited-disk.ts');
  return limitedDisk(await load());
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-snapshot-'));
});
afterEach(() => {
  removeLimits();
  rmSync(dir, { recursive: true });
});

const STAMP = { seq: 7, at: 1000, wallAt: 5 };
const PARTS: readonly SavedPart[] = [
  ['tasks', { plan: 'A cat' }],
  ['tasks', { plan: 'é'.repeat(200_000) }],
  ['clock', 5],
];

interface Writing {
  readonly parts?: readonly SavedPart[];
  readonly isWanted?: Promise<boolean>;
  readonly signal?: AbortSignal;
  /** Called for each part that is read. */
  readonly onPart?: () => void;
  readonly onEnd?: () => void;
}

function write(writing: Writing = {}): Promise<number | null> {
  const { parts = PARTS, isWanted = Promise.resolve(true), onPart, onEnd } = writing;
  function* each(): Generator<SavedPart> {
    try {
      for (const part of parts) {
        onPart?.();
        yield part;
      }
    } finally {
      onEnd?.();
    }
  }
  const { signal = new AbortController().signal } = writing;
  return writeSnapshot({ dir, stamp: STAMP, parts: each(), signal, isWanted });
}

const path = (): string => snapshotPath(dir, STAMP.seq);

function partsRead(): SavedPart[] {
  const parts: SavedPart[] = [];
  expect(readSnapshot(path(), (part) => parts.push(part))).toMatchObject(STAMP);
  return parts;
}

describe('a snapshot', () => {
  it('is read as it was written, with any parts', async () => {
    const parts = fc.array(fc.tuple(fc.string(), fc.jsonValue()), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(parts, async (some) => {
        const plain = JSON.parse(JSON.stringify(some)) as SavedPart[];
        expect(await write({ parts: plain })).toBe(statSync(path()).size);
        expect(isIntact(path())).toBe(true);
        expect(partsRead()).toEqual(plain);
      }),
      { numRuns: 30 },
    );
  });

  it('is not intact after any byte was changed, or any part of its end is missing', async () => {
    await write({ parts: [['clock', { at: 5, text: 'A cat' }]] });
    const bytes = readFileSync(path());
    const lastLine = bytes.lastIndexOf('{"parts":');
    const digest = bytes.length - '"}\n'.length - 64;
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path(), changed);
      // The rest of the last line is not read.
      if (at < lastLine || (at >= digest && at < digest + 64)) {
        expect([at, isIntact(path())]).toEqual([at, false]);
      }
      writeFileSync(path(), bytes.subarray(0, at));
      expect([at, isIntact(path())]).toEqual([at, false]);
    }
    writeFileSync(path(), bytes);
    expect(isIntact(path())).toBe(true);
  });

  it('is not intact when its file is missing', () => {
    expect(isIntact(path())).toBe(false);
  });

  it('of a later version is rejected', async () => {
    await write();
    writeFileSync(path(), readFileSync(path(), 'utf8').replace('"version":1', '"version":2'));
    expect(() => isIntact(path())).toThrow(
      expect.objectContaining({
        code: 'DATA_DAMAGED',
        message: `${path()}:1 has format version 2; this version of Stunt Double reads version 1`,
      }),
    );
  });

  it('without a header is rejected', () => {
    writeFileSync(path(), '');
    expect(() => readSnapshot(path(), () => undefined)).toThrow(`${path()}:1 has no header`);
  });
});

describe('writing a snapshot', () => {
  it('reads the first part at once, and the others later', async () => {
    const onPart = vi.fn();
    const written = write({ onPart });
    expect(onPart).toHaveBeenCalledTimes(1);
    await written;
    expect(onPart).toHaveBeenCalledTimes(PARTS.length);
  });

  it('writes all of it to a disk that writes less than it is given', async () => {
    limits.atOnce = 10_000;
    expect(await write()).toBe(statSync(path()).size);
    expect(isIntact(path())).toBe(true);
    expect(partsRead()).toEqual(PARTS);
  });

  it.each([0, 1, 200_000, 400_000])(
    'leaves no file on a disk that has room for %s bytes, and ends the capture',
    async (room) => {
      const onEnd = vi.fn();
      limits.room = room;
      await expect(write({ onEnd })).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(readdirSync(dir)).toEqual([]);
      expect(onEnd).toHaveBeenCalledTimes(1);
    },
  );

  it('fails when only its last line has no room', async () => {
    const size = (await write()) ?? 0;
    rmSync(path());
    limits.room = size - 1;
    await expect(write()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('keeps the earlier snapshot of the same entry when it fails', async () => {
    await write();
    limits.room = 10;
    await expect(write({ parts: [] })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(dir)).toEqual([basename(path())]);
    expect(partsRead()).toEqual(PARTS);
  });

  it('leaves no file when it is not wanted, or canceled', async () => {
    expect(await write({ isWanted: Promise.resolve(false) })).toBeNull();
    const canceled = new AbortController();
    const written = write({ signal: canceled.signal });
    canceled.abort();
    expect(await written).toBeNull();
    expect(await write({ signal: AbortSignal.abort() })).toBeNull();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('has its name only after it is known to be wanted', async () => {
    let decide: (isWanted: boolean) => void = () => undefined;
    const isWanted = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    const written = write({ isWanted });
    await expect.poll(() => readdirSync(dir)).toEqual([`${basename(path())}.new`]);
    decide(true);
    await written;
    expect(readdirSync(dir)).toEqual([basename(path())]);
  });
});

describe('the name of a snapshot', () => {
  it('has the number of its entry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (seq) => {
        expect(seqOfSnapshot(basename(snapshotPath(dir, seq)))).toBe(seq);
      }),
    );
  });

  it.each([
    'snapshot-.jsonl',
    'snapshot-7.jsonl.new',
    'snapshot-1e3.jsonl',
    'xsnapshot-7.jsonl',
    'journal.jsonl',
  ])('is not %s', (name) => {
    expect(seqOfSnapshot(name)).toBeNull();
  });
});
