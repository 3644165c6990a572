import { randomBytes } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CodedError } from '../core/coded-error.ts';

/** Restricts a data folder to one mock, because the writes of two mocks would interleave. */
export interface FolderLock {
  /** A message about the mocks that this lock cannot detect; null when it detects all on this machine. */
  readonly weakness: string | null;
  release(): void;
}

/**
 * Locks a folder until `release()` or until the process ends in any way.
 *
 * The lock is a listening Unix socket in the folder, so the kernel tracks its owner: connecting succeeds while the
 * process lives and fails once it is dead. This does not depend on process ids, and works from another container that
 * shares the folder. Owners are numbered, `lock.1.sock`, `lock.2.sock`, …. A dead owner is not replaced but superseded
 * by a higher number, because a file cannot be replaced atomically on the condition that it is unchanged.
 *
 * @throws {CodedError} DATA_LOCKED when another mock uses the folder
 */
export function lockFolder(dir: string): FolderLock {
  const real = realpathSync(dir);
  // Each loaded copy of this module has its own set; the socket detects the other copies.
  if (held.has(real)) throw inUse(dir, ownerOf(dir));
  const lock = lockBySocket(dir) ?? lockByProcess(dir);
  held.add(real);
  return {
    weakness: lock.weakness,
    release() {
      if (held.delete(real)) lock.release();
    },
  };
}

const held = new Set<string>();

/** Names the owner in the error message. It decides ownership only where sockets are not available. */
const OWNER_FILE = 'lock';
const LOCK_NAME = /^lock\.(\d{1,15})\.(sock|free)$/;
/** Socket paths longer than this cannot be bound on some systems (107 bytes on Linux, 103 on macOS). */
const LONGEST_SOCKET_PATH = 100;

/** Returns null where sockets or links cannot be created: on Windows, and on some mounted file systems. */
function lockBySocket(dir: string): FolderLock | null {
  if (process.platform === 'win32') return null;
  const short = shortPath(dir);
  if (short === null) return null;
  const name = `lock.${randomBytes(6).toString('hex')}.new`;
  const server = listenNow(join(short.path, name));
  if (server === null) {
    short.close();
    return null;
  }
  try {
    const number = claimNextNumber(dir, short.path, name);
    if (number === null) return abandon();
    writeFileSync(join(dir, OWNER_FILE), JSON.stringify(describeSelf()));
    return {
      weakness: null,
      release() {
        // The number stays reserved, so that no process that saw its dead predecessor can claim it again.
        const own = join(dir, `lock.${number}`);
        // The whole folder may have been deleted.
        orNull(() => renameSync(`${own}.sock`, `${own}.free`));
        rmSync(join(dir, OWNER_FILE), { force: true });
        server.close();
        short.close();
      },
    };
  } catch (error) {
    abandon();
    throw error;
  } finally {
    rmSync(join(dir, name), { force: true });
  }

  function abandon(): null {
    server?.close();
    short?.close();
    return null;
  }
}

/**
 * Claims the next number.
 * @returns the claimed number; null where hard links are not supported
 */
function claimNextNumber(dir: string, shortDir: string, name: string): number | null {
  for (;;) {
    const locks = readLocks(dir);
    const highest = Math.max(0, ...locks.map(({ number }) => number));
    const rival = locks.find(({ number, kind }) => number === highest && kind === 'sock');
    if (rival !== undefined && isListening(join(shortDir, rival.file))) throw inUse(dir, ownerOf(dir));
    const claimed = claimNumber(dir, name, highest + 1);
    if (claimed !== 'too late') return claimed === 'claimed' ? highest + 1 : null;
  }
}

function claimNumber(dir: string, name: string, number: number): 'claimed' | 'too late' | 'impossible' {
  const own = `lock.${number}.sock`;
  try {
    linkSync(join(dir, name), join(dir, own));
  } catch (error) {
    return codeOf(error) === 'EEXIST' ? 'too late' : 'impossible';
  }
  // The number may have been used and removed since it was chosen; the process that did so has a higher one.
  const others = readLocks(dir).filter(({ file }) => file !== own);
  const isLate = others.some((other) => other.number >= number);
  for (const { file } of isLate ? [{ file: own }] : others) rmSync(join(dir, file), { force: true });
  return isLate ? 'too late' : 'claimed';
}

interface LockEntry {
  readonly file: string;
  readonly number: number;
  readonly kind: string;
}

function readLocks(dir: string): LockEntry[] {
  return readdirSync(dir).flatMap((file) => {
    const [, number, kind] = LOCK_NAME.exec(file) ?? [];
    return number === undefined || kind === undefined ? [] : [{ file, number: Number(number), kind }];
  });
}

/** Returns a path to the folder that is short enough for sockets, valid until it is closed. */
function shortPath(dir: string): { readonly path: string; close(): void } | null {
  // Leaves space for the names of the sockets.
  if (Buffer.byteLength(dir) + 50 <= LONGEST_SOCKET_PATH) return { path: dir, close: () => undefined };
  try {
    const fd = openSync(dir, 'r');
    const path = `/proc/self/fd/${fd}`;
    readlinkSync(path);
    return { path, close: () => closeSync(fd) };
  } catch {
    return null;
  }
}

/** Binding completes synchronously in `listen`; only the event is asynchronous. */
function listenNow(path: string): Server | null {
  const server = createServer((socket) => socket.destroy());
  server.on('error', () => undefined);
  server.listen({ path, exclusive: true });
  if (!server.listening) return null;
  server.unref();
  return server;
}

const PROBE = `
const { workerData: { path, answer } } = require('node:worker_threads');
const flag = new Int32Array(answer);
function end(value) { Atomics.store(flag, 0, value); Atomics.notify(flag, 0); }
const socket = require('node:net').connect(path);
socket.on('connect', () => { end(1); socket.destroy(); });
socket.on('error', ({ code }) => end(code === 'ECONNREFUSED' || code === 'ENOENT' ? 2 : 1));
`;
const LONGEST_WAIT_MS = 5000;

/**
 * Returns whether a process listens on a socket, and true when uncertain. Mocks are created synchronously but Node
 * connects asynchronously, so a worker thread connects.
 */
function isListening(path: string): boolean {
  const answer = new SharedArrayBuffer(4);
  const flag = new Int32Array(answer);
  const worker = new Worker(PROBE, { eval: true, workerData: { path, answer }, execArgv: [], env: {} });
  worker.on('error', () => undefined);
  worker.unref();
  Atomics.wait(flag, 0, 0, LONGEST_WAIT_MS);
  void worker.terminate();
  return Atomics.load(flag, 0) !== 2;
}

interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /**
   * These distinguish reused process ids: the boot of the machine, the pid namespace and the start time; null where
   * unknown.
   */
  readonly boot: string | null;
  readonly namespace: string | null;
  readonly startedAt: string | null;
}

/** The fallback without sockets: a file that names a process. */
function lockByProcess(dir: string): FolderLock {
  const path = join(dir, OWNER_FILE);
  const own = JSON.stringify(describeSelf());
  try {
    writeFileSync(path, own, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const owner = ownerOf(dir);
    if (owner !== null && isAlive(owner)) throw inUse(dir, owner);
    writeFileSync(path, own);
  }
  return {
    weakness: `${dir} is on a file system without socket support: after a crash in another container, delete ${path}`,
    release: () => rmSync(path, { force: true }),
  };
}

function describeSelf(): LockOwner {
  const { pid } = process;
  return {
    pid,
    host: hostname(),
    boot: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    startedAt: processState(pid)?.startedAt ?? null,
  };
}

function ownerOf(dir: string): LockOwner | null {
  const owner = orNull(() => JSON.parse(readFileSync(join(dir, OWNER_FILE), 'utf8')) as LockOwner | number);
  // Earlier versions wrote only the process id.
  if (typeof owner === 'number') {
    return { pid: owner, host: hostname(), boot: null, namespace: null, startedAt: null };
  }
  return typeof owner?.pid === 'number' ? owner : null;
}

function isAlive(owner: LockOwner): boolean {
  const self = describeSelf();
  if (owner.boot !== null && owner.boot !== self.boot) return false;
  // Process ids of another container are not visible here.
  if (owner.namespace !== null && owner.namespace !== self.namespace) return true;
  if (!Number.isSafeInteger(owner.pid) || owner.pid <= 0) return false;
  const state = processState(owner.pid);
  if (state !== null) {
    const isSame = owner.startedAt === null || owner.startedAt === state.startedAt;
    // A killed process that is not reaped is a zombie; in a container without an init, it remains forever.
    return isSame && state.letter !== 'Z' && (owner.startedAt !== null || owner.pid !== process.pid);
  }
  try {
    process.kill(owner.pid, 0);
    return owner.pid !== process.pid;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Returns null where /proc is not available, and for a process that does not exist. */
function processState(pid: number): { readonly letter: string; readonly startedAt: string } | null {
  const text = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The name, in parentheses, may contain spaces and parentheses; the start time is field 22.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const [letter, startedAt] = [fields[0], fields[19]];
  return letter === undefined || startedAt === undefined ? null : { letter, startedAt };
}

function orNull<T>(attempt: () => T): T | null {
  try {
    return attempt();
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function inUse(dir: string, owner: LockOwner | null): CodedError {
  const who = owner === null ? 'another mock' : `process ${owner.pid} on ${owner.host}`;
  return new CodedError(
    'DATA_LOCKED',
    `${dir} is in use by ${who}`,
    'Stop that mock, or choose another folder with --data.',
  );
}
