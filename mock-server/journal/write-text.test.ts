import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { limits, removeLimits } from './testing/limited-disk.ts';
import { writeText } from './write-text.ts';

vi.mock('node:fs/promises', async (load) => {
  const { limitedDisk } = await import('./testing/limited-disk.ts');
  return limitedDisk(await load());
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-text-'));
});
afterEach(() => {
  removeLimits();
  rmSync(dir, { recursive: true });
});

async function write(...texts: readonly string[]): Promise<number[]> {
  const file = await open(join(dir, 'file'), 'w');
  try {
    const sizes: number[] = [];
    for (const text of texts) sizes.push(await writeText(file, text));
    return sizes;
  } finally {
    await file.close();
  }
}

const contents = (): string => readFileSync(join(dir, 'file'), 'utf8');

it.each([Number.POSITIVE_INFINITY, 5, 1])('writes whole texts in order, %s bytes at once', async (atOnce) => {
  limits.atOnce = atOnce;
  expect(await write('a cat', '', '😀 é')).toEqual([5, 0, 7]);
  expect(contents()).toBe('a cat😀 é');
});

it('fails when only a part of the text has room', async () => {
  limits.room = 7;
  await expect(write('a cat', 'a dog')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(contents()).toBe('a cata ');
});
