import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, syncFolder, syncFolderLater } from './make-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stuntdouble-folder-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const coded = (code: string) => expect.objectContaining({ code });

describe('making a folder', () => {
  it('creates its missing parents, and returns them with the outermost first', () => {
    const [a, b, c] = [join(root, 'a'), join(root, 'a/b'), join(root, 'a/b/c')];
    expect(makeFolder(c)).toEqual([a, b, c]);
    expect(statSync(c).isDirectory()).toBe(true);
    expect(makeFolder(c)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('gives all created folders the mode', () => {
    makeFolder(join(root, 'a/b'), 0o700);
    for (const path of ['a', 'a/b']) expect(statSync(join(root, path)).mode & 0o777).toBe(0o700);
  });

  it('accepts a link to a folder', () => {
    mkdirSync(join(root, 'real'));
    symlinkSync(join(root, 'real'), join(root, 'link'));
    expect(makeFolder(join(root, 'link'))).toEqual([]);
    expect(makeFolder(join(root, 'link/a'))).toEqual([join(root, 'link/a')]);
    expect(existsSync(join(root, 'real/a'))).toBe(true);
  });

  it('is rejected for a file, below a file, and for a dangling link', () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
    expect(() => makeFolder(join(root, 'file'))).toThrow(coded('EEXIST'));
    expect(() => makeFolder(join(root, 'file/a'))).toThrow(coded('ENOTDIR'));
    expect(() => makeFolder(join(root, 'dangling'))).toThrow(coded('ENOENT'));
    expect(() => makeFolder(join(root, 'dangling/a'))).toThrow(coded('ENOENT'));
  });

  it.runIf(existsSync('/proc/self'))('ends where an existing folder rejects new entries', () => {
    expect(() => makeFolder('/proc/stuntdouble/a')).toThrow(coded('ENOENT'));
  });
});

describe('syncing a folder', () => {
  it('succeeds for an existing folder, and has no effect for a missing one', async () => {
    for (const path of [root, join(root, 'missing')]) {
      expect(syncFolder(path)).toBeUndefined();
      await expect(syncFolderLater(path)).resolves.toBeUndefined();
    }
  });
});
