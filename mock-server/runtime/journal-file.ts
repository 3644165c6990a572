import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  write,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import type { JournalRecord } from './journal-record.ts';
import { closeRecord, type OpenRecord } from './open-record.ts';
import { createPlanPacker } from './packed-plan.ts';

/**
 * `strict`: on the disk itself before it counts, so that it outlives a power cut.
 * `relaxed`: with the operating system before it counts, so that it outlives the process.
 */
export type Durability = 'strict' | 'relaxed';

/** The journal on disk: one JSON object a line, in `journal.jsonl`. */
export interface JournalFile {
  /** Reads what earlier runs wrote, oldest first. A last line that was cut off is removed. */
  readPast(use: (record: JournalRecord) => void): void;
  append(record: OpenRecord): void;
  /** Resolves when all that was appended so far counts; null when that is so already. */
  durable(): Promise<void> | null;
  /** Why nothing is written any more; null while all is well. */
  readonly trouble: string | null;
  /** Bytes of a cut-off last line that were removed. */
  readonly repairedBytes: number;
  close(): Promise<void>;
}

export interface JournalFileOptions {
  readonly dir: string;
  readonly durability: Durability;
  /** Told once, when writing has become impossible. */
  readonly onTrouble: (message: string) => void;
}

const READ_SIZE = 1024 * 1024;
const NEWLINE = 10;

/**
 * Opens the folder, or says in `trouble` why it cannot be used: a mock without a disk goes on from memory.
 * @throws {CodedError} DATA_LOCKED when another process uses the folder
 */
export function openJournalFile({ dir, durability, onTrouble }: JournalFileOptions): JournalFile {
  let fd: number | null = null;
  let trouble: string | null = null;
  let repairedBytes = 0;
  let lines: string[] = [];
  let waiting: (() => void)[] = [];
  let writing = false;

  function giveUp(error: unknown): void {
    trouble ??= `${dir} cannot be written: ${(error as Error).message}; going on from memory`;
    onTrouble(trouble);
    lines = [];
    release(waiting);
  }

  try {
    // Prompts and callback URLs are nobody else's business.
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    lock(dir);
    fd = openSync(join(dir, 'journal.jsonl'), 'a+', 0o600);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    giveUp(error);
  }

  /** One write, and one sync, for everything that came up since the last one. */
  function flush(): void {
    if (fd === null || lines.length === 0) {
      writing = false;
      release(waiting);
      return;
    }
    const file = fd;
    const served = waiting;
    const bytes = Buffer.from(lines.join(''));
    lines = [];
    waiting = [];
    const done = (error: NodeJS.ErrnoException | null): void => {
      if (error !== null) giveUp(error);
      release(served);
      if (trouble === null) flush();
      else writing = false;
    };
    writeAll(file, bytes, (error) => {
      if (error !== null || durability === 'relaxed') done(error);
      else fdatasync(file, done);
    });
  }

  function release(those: (() => void)[]): void {
    for (const resolve of those.splice(0)) resolve();
  }

  return {
    readPast(use) {
      // What is no regular file (a device, say) holds no past.
      if (fd !== null && fstatSync(fd).isFile()) {
        const packer = createPlanPacker();
        repairedBytes = readLines(fd, (record) => use(closeRecord(record, packer)), dir);
      }
    },
    append(record) {
      if (trouble !== null) return;
      lines.push(`${JSON.stringify(record)}\n`);
      if (writing) return;
      writing = true;
      // What the same moment brings goes out together.
      setImmediate(flush);
    },
    durable() {
      if (trouble !== null || (lines.length === 0 && !writing)) return null;
      return new Promise((resolve) => waiting.push(resolve));
    },
    get trouble() {
      return trouble;
    },
    get repairedBytes() {
      return repairedBytes;
    },
    async close() {
      await this.durable();
      if (fd === null) return;
      closeSync(fd);
      fd = null;
      rmSync(join(dir, 'lock'), { force: true });
    },
  };
}

function writeAll(fd: number, bytes: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
  write(fd, bytes, (error, written) => {
    if (error !== null || written === bytes.length) done(error);
    else writeAll(fd, bytes.subarray(written), done);
  });
}

/** @returns how many bytes of a cut-off last line were removed */
function readLines(fd: number, use: (record: OpenRecord) => void, dir: string): number {
  const chunk = Buffer.allocUnsafe(READ_SIZE);
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;
  let number = 0;
  for (;;) {
    const size = readSync(fd, chunk, 0, READ_SIZE, position);
    if (size === 0) break;
    position += size;
    const bytes = Buffer.concat([rest, chunk.subarray(0, size)]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      number += 1;
      use(parseLine(bytes.toString('utf8', start, end), number, dir));
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) ftruncateSync(fd, position - rest.length);
  return rest.length;
}

function parseLine(line: string, number: number, dir: string): OpenRecord {
  try {
    return JSON.parse(line) as OpenRecord;
  } catch {
    throw new CodedError(
      'DATA_DAMAGED',
      `${join(dir, 'journal.jsonl')}:${number} is not JSON, although more lines follow it`,
      'Remove that line, or move the folder away and start with an empty one.',
    );
  }
}

/** One process at a time: two would write into each other's lines. A lock whose holder is dead is taken over. */
function lock(dir: string): void {
  const path = join(dir, 'lock');
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(readFileSync(path, 'utf8'));
    if (holder !== process.pid && isAlive(holder)) {
      throw new CodedError(
        'DATA_LOCKED',
        `${dir} is in use by process ${holder}`,
        `Stop that one, or give this one a folder of its own with --data. If it is something else, delete ${path}.`,
      );
    }
    writeFileSync(path, String(process.pid));
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Killed, but not yet buried: where nobody reaps the dead (a container without an init), a pid stays for good. */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
