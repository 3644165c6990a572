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

/** A process that holds the lock with this number. */
async function holder(number: number): Promise<{ readonly kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['-e', LISTENER, join(dir, `lock.${number}.sock`)]);
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const kill = (): Promise<void> => {
    child.kill('SIGKILL');
    return gone;
  };
  ends.push(kill);
  return { kill };
}

describe('the lock of a data folder', () => {
  it('belongs to one mock of a process, by whatever path', () => {
    lock();
    symlinkSync(dir, `${dir}-link`);
    ends.push(() => rmSync(`${dir}-link`));
    expect(() => lock()).toThrow(IN_USE);
    expect(() => lock(`${dir}-link`)).toThrow(IN_USE);
  });

  it('belongs to one mock of a process that has loaded the package twice', async () => {
    lock();
    vi.resetModules();
    const { lockFolder: another } = await import('./folder-lock.ts');
    expect(another).not.toBe(lockFolder);
    expect(() => another(dir)).toThrow(IN_USE);
  });

  it('is free again once it is released, as often as one likes', () => {
    for (let n = 0; n < 3; n++) lock().release();
    lock();
    expect(() => lock()).toThrow(IN_USE);
    expect(readdirSync(dir).filter((name) => name.startsWith('lock.'))).toEqual(['lock.4.sock']);
  });

  it('belongs to another process as long as that lives, and is taken over once it is killed', async () => {
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

  it('does not depend on process ids: a file that names a living one keeps nobody out', () => {
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

  it('survives that its folder is deleted', () => {
    const held = lock();
    rmSync(dir, { recursive: true });
    held.release();
  });
});

describe('where there are no sockets', () => {
  async function withoutSockets(): Promise<typeof lockFolder> {
    vi.resetModules();
    vi.doMock('node:net', async (load) => ({
      ...(await load<typeof import('node:net')>()),
      createServer: () => ({ on: () => undefined, listen: () => undefined, listening: false }),
    }));
    ends.push(() => vi.doUnmock('node:net'));
    return (await import('./folder-lock.ts')).lockFolder;
  }

  it('a file names the process, and says what cannot be noticed', async () => {
    const first = (await withoutSockets())(dir);
    ends.push(first.release);
    expect(first.weakness).toContain('without sockets');
    const second = await withoutSockets();
    expect(() => second(dir)).toThrow(IN_USE);
    first.release();
    ends.push(second(dir).release);
  });

  it.each([
    ['that was killed', (owner: object) => owner, true],
    ['of another boot', (owner: object) => ({ ...owner, pid: process.pid, boot: 'another' }), false],
    [
      'whose id has a later process',
      (owner: object) => ({ ...owner, pid: process.pid, startedAt: '1' }),
      false,
    ],
    ['whose file is damaged', () => 'none', false],
  ] as const)('the lock of a process %s is taken over', async (_which, change, isKilled) => {
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
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    ends.push(lockIt(dir).release);
  });

  it('a process of another container is not judged by its id', async () => {
    const lockIt = await withoutSockets();
    const owner = { pid: 1, host: 'other', boot: null, namespace: 'pid:[1]', startedAt: null };
    writeFileSync(join(dir, 'lock'), JSON.stringify(owner));
    expect(() => lockIt(dir)).toThrow(IN_USE);
  });
});
