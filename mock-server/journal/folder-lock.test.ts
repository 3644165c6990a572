import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let dir: string;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(realpathSync(tmpdir()), 'stuntdouble-lock-'));
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  rmSync(dir, { recursive: true, force: true });
});

function lock(folder = dir) {
  const held = lockFolder(folder);
  ends.push(held.release);
  return held;
}

const IN_USE = expect.objectContaining({
  code: 'DATA_LOCKED',
  message: expect.stringContaining('is in use by'),
  remedy: expect.stringContaining('--data'),
});

const LISTENER = `require('node:net').createServer().listen(process.argv[1], () => console.log('ready'))`;

/** Starts a process that holds the lock with this number. */
async function holder(number: number): Promise<{ readonly kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', LISTENER, join(dir, `lock.${number}.sock`)]);
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return exited;
  };
  ends.push(kill);
  return { kill };
}

describe('the lock of a data folder', () => {
  it('admits one mock per process, by any path', () => {
    lock();
    symlinkSync(dir, `${dir}-link`);
    ends.push(() => rmSync(`${dir}-link`));
    expect(() => lock()).toThrow(IN_USE);
    expect(() => lock(`${dir}-link`)).toThrow(IN_USE);
  });

  it('admits one mock per process, even when the package is loaded twice', async () => {
    lock();
    vi.resetModules();
    const { lockFolder: another } = await import('./folder-lock.ts');
    expect(another).not.toBe(lockFolder);
    expect(() => another(dir)).toThrow(IN_USE);
  });

  it('can be acquired again after it is released, any number of times', () => {
    for (let n = 0; n < 3; n++) lock().release();
    lock();
    expect(() => lock()).toThrow(IN_USE);
    expect(readdirSync(dir).filter((name) => name.startsWith('lock.'))).toEqual(['lock.4.sock']);
  });

  it('is held by another process while it runs, and is taken over after that is killed', async () => {
    const other = await holder(3);
    expect(() => lock()).toThrow(IN_USE);
    await other.kill();
    lock();
    expect(readdirSync(dir).filter((name) => name.startsWith('lock.'))).toEqual(['lock.4.sock']);
  });

  it('names its owner', () => {
    lock();
    expect(() => lock()).toThrow(`${dir} is in use by process ${process.pid} on `);
  });

  it('does not depend on process ids: a file with the id of a running process does not block it', () => {
    writeFileSync(join(dir, 'lock'), String(process.ppid));
    expect(lock().weakness).toBeNull();
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const deep = join(dir, 'a'.repeat(100), 'b'.repeat(100));
    mkdirSync(deep, { recursive: true });
    const held = lock(deep);
    expect(held.weakness).toBeNull();
    vi.resetModules();
    const { lockFolder: another } = await import('./folder-lock.ts');
    expect(() => another(deep)).toThrow(IN_USE);
    held.release();
    lock(deep);
  });

  it('can be released after its folder is deleted', () => {
    const held = lock();
    rmSync(dir, { recursive: true });
    held.release();
  });
});

describe('without socket support', () => {
  async function withoutSockets(): Promise<typeof lockFolder> {
    vi.resetModules();
    vi.doMock('node:net', async (load) => ({
      ...(await load<typeof import('node:net')>()),
      createServer: () => ({ on: () => undefined, listen: () => undefined, listening: false }),
    }));
    ends.push(() => vi.doUnmock('node:net'));
    return (await import('./folder-lock.ts')).lockFolder;
  }

  it('a file names the process, and a weakness is reported', async () => {
    const first = (await withoutSockets())(dir);
    ends.push(first.release);
    expect(first.weakness).toContain('without socket support');
    const second = await withoutSockets();
    expect(() => second(dir)).toThrow(IN_USE);
    first.release();
    ends.push(second(dir).release);
  });

  it.each([
    ['that was killed', (owner: object) => owner, true],
    ['from a previous boot', (owner: object) => ({ ...owner, pid: process.pid, boot: 'another' }), false],
    [
      'whose id belongs to a later process',
      (owner: object) => ({ ...owner, pid: process.pid, startedAt: '1' }),
      false,
    ],
    ['whose file is damaged', () => 'none', false],
  ] as const)('takes over the lock of a process %s', async (_which, change, isKilled) => {
    const lockIt = await withoutSockets();
    const child: ChildProcess | null = isKilled
      ? spawn(process.execPath, ['-e', 'setInterval(String, 1e6)'])
      : null;
    const own = lockIt(dir);
    const { readFileSync } = await import('node:fs');
    const written = JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as object;
    own.release();
    const owner = change(child === null ? written : { ...written, pid: child.pid, startedAt: null });
    writeFileSync(join(dir, 'lock'), typeof owner === 'string' ? owner : JSON.stringify(owner));
    if (child !== null) {
      expect(() => lockIt(dir)).toThrow(IN_USE);
      const exited = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await exited;
    }
    ends.push(lockIt(dir).release);
  });

  it('does not judge a process of another container by its id', async () => {
    const lockIt = await withoutSockets();
    const owner = { pid: 1, host: 'other', boot: null, namespace: 'pid:[1]', startedAt: null };
    writeFileSync(join(dir, 'lock'), JSON.stringify(owner));
    expect(() => lockIt(dir)).toThrow(IN_USE);
  });
});
