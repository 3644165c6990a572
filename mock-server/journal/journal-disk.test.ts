import { constants, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Disk } from './journal-disk.ts';
import { HEADER, headerAfter } from './journal-lines.ts';
import { sampleEntry } from './testing/sample-entries.ts';

type Done = (error: Error | null, written?: number) => void;

/** How much one write accepts, and what fails. */
const system = vi.hoisted(() => ({
  atOnce: Number.POSITIVE_INFINITY,
  room: Number.POSITIVE_INFINITY,
  syncs: 0,
}));

vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  return {
    ...real,
    write(fd: number, bytes: Buffer, done: Done): void {
      if (system.room === 0) return void setImmediate(done, new Error('ENOSPC'));
      const fits = Math.min(bytes.length, system.atOnce, system.room);
      system.room -= fits;
      real.write(fd, bytes.subarray(0, fits), done);
    },
    fdatasync(fd: number, done: Done): void {
      system.syncs += 1;
      real.fdatasync(fd, done);
    },
  };
});

let dir: string;
let disk: Disk;
const path = (): string => join(dir, 'journal.jsonl');
const contents = (): string => readFileSync(path(), 'utf8');

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-disk-'));
  disk = openDisk();
});
afterEach(() => {
  Object.assign(system, { atOnce: Number.POSITIVE_INFINITY, room: Number.POSITIVE_INFINITY, syncs: 0 });
  disk.close();
  rmSync(dir, { recursive: true });
});

function openDisk(change: Partial<ConstructorParameters<typeof Disk>[0]> = {}): Disk {
  writeFileSync(path(), HEADER);
  const fd = openSync(path(), constants.O_APPEND | constants.O_RDWR);
  return new Disk({
    dir,
    path: path(),
    durability: 'strict',
    fd,
    isRegular: true,
    size: HEADER.length,
    ...change,
  });
}

describe('the open journal', () => {
  it('is appended to, and synced after each write when durability is strict', async () => {
    await disk.put('kept', 'a\n');
    await disk.put('kept', 'b\n');
    expect([contents(), system.syncs]).toEqual([`${HEADER}a\nb\n`, 2]);
    disk.close();
    disk = openDisk({ durability: 'relaxed' });
    await disk.put('kept', 'c\n');
    expect([contents(), system.syncs]).toEqual([`${HEADER}c\n`, 2]);
  });

  it('has all of a text that takes several writes', async () => {
    system.atOnce = 1;
    await disk.put('kept', 'é cat\n');
    expect(contents()).toBe(`${HEADER}é cat\n`);
  });

  it('has nothing of a text that did not fit, after the next write', async () => {
    system.room = 3;
    await expect(disk.put('kept', 'first\n')).rejects.toThrow('ENOSPC');
    expect(contents()).toBe(`${HEADER}fir`);
    system.room = Number.POSITIVE_INFINITY;
    await disk.put('kept', 'second\n');
    expect(contents()).toBe(`${HEADER}second\n`);
  });

  it('starts again with a header, without the files before it', async () => {
    writeFileSync(`${path()}.3`, '');
    writeFileSync(join(dir, 'snapshot-3.jsonl'), '');
    await disk.put('kept', 'a\n');
    await disk.put('wiped', 'b\n');
    expect(contents()).toBe(`${HEADER}b\n`);
    expect(readdirSync(dir)).toEqual(['journal.jsonl']);
  });

  it('keeps the files before it until the first entry after a wipe is written', async () => {
    writeFileSync(`${path()}.3`, '');
    system.room = 2;
    await expect(disk.put('wiped', 'b\n')).rejects.toThrow('ENOSPC');
    expect(readdirSync(dir).sort()).toEqual(['journal.jsonl', 'journal.jsonl.3']);
    system.room = Number.POSITIVE_INFINITY;
    await disk.put('wiped', 'b\n');
    expect([contents(), readdirSync(dir)]).toEqual([`${HEADER}b\n`, ['journal.jsonl']]);
  });

  it('has its earlier entries changed before the next one is written', async () => {
    await disk.put('kept', `${JSON.stringify(sampleEntry('sink.received', { body: 'contents' }))}\n`);
    await disk.put((entry) => ({ ...entry, body: '' }) as typeof entry, 'next\n');
    const changed = JSON.stringify(sampleEntry('sink.received', { body: '' }));
    expect(contents()).toBe(`${HEADER}${changed}\nnext\n`);
  });

  it('is continued in a new file, without the remains of a failed write', async () => {
    await disk.put('kept', 'a\n');
    system.room = 1;
    await expect(disk.put('kept', 'b\n')).rejects.toThrow('ENOSPC');
    system.room = Number.POSITIVE_INFINITY;
    await disk.startNew(7);
    await disk.put('kept', 'c\n');
    expect(readFileSync(`${path()}.7`, 'utf8')).toBe(`${HEADER}a\n`);
    expect(contents()).toBe(`${headerAfter(7)}c\n`);
  });

  it('is cut to a size, after which a failed write is removed', async () => {
    await disk.put('kept', 'a\npartial');
    disk.cut(HEADER.length + 2);
    expect(contents()).toBe(`${HEADER}a\n`);
    system.room = 1;
    await expect(disk.put('kept', 'b\n')).rejects.toThrow('ENOSPC');
    system.room = Number.POSITIVE_INFINITY;
    await disk.put('kept', 'c\n');
    expect(contents()).toBe(`${HEADER}a\nc\n`);
  });

  it('is only appended to when it is a device', async () => {
    disk.close();
    disk = openDisk({ isRegular: false });
    await disk.put('wiped', 'a\n');
    await disk.put((entry) => entry, 'b\n');
    expect(contents()).toBe(`${HEADER}a\nb\n`);
  });
});
