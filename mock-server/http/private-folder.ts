import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../core/coded-error.ts';
import { makeFolder } from '../journal/make-folder.ts';

/** A folder for keys that only its owner can read and that git ignores. */
export interface PrivateFolder {
  /** Null when the file does not exist. */
  read(name: string): string | null;
  /** Replaces a file atomically. */
  write(name: string, text: string): void;
  /** Creates a file. @returns false when it already exists */
  create(name: string, text: string): boolean;
}

const OWNER_ONLY = 0o600;
const GIT_IGNORE = '.gitignore';
const OTHERS_CAN_WRITE = 0o002;

/**
 * Opens the folder, and creates it if it does not exist. When it also has other files, its permissions are unchanged,
 * and git ignores only ours.
 * @param ours the names of our files in the folder
 * @throws {CodedError} OPTION_INVALID when it cannot be used
 */
export function openPrivateFolder(dir: string, ours: readonly string[]): PrivateFolder {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      const message = `The folder ${dir} cannot be used: ${(error as Error).message}.`;
      throw new CodedError('OPTION_INVALID', message, 'Use another folder.');
    }
  };
  guarded(() => prepare(dir, ours));
  return {
    read: (name) => guarded(() => readOwn(dir, name)),
    write: (name, text) => guarded(() => withNewFile(dir, text, (file) => renameSync(file, join(dir, name)))),
    create: (name, text) =>
      guarded(() =>
        withNewFile(dir, text, (file) => {
          try {
            // Unlike a rename, a link does not replace an existing file.
            linkSync(file, join(dir, name));
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
            // Some file systems do not support links.
            renameSync(file, join(dir, name));
          }
          return true;
        }),
      ),
  };
}

function prepare(dir: string, ours: readonly string[]): void {
  makeFolder(dir, 0o700);
  const others = readdirSync(dir).filter(
    (name) => name !== GIT_IGNORE && !ours.includes(name) && !isUnfinished(name),
  );
  if (others.length === 0) chmodSync(dir, 0o700);
  const ignored = others.length === 0 ? ['*'] : ours;
  try {
    writeFileSync(join(dir, GIT_IGNORE), `${ignored.join('\n')}\n`, { flag: 'wx' });
  } catch (error) {
    // An existing .gitignore is kept.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Reads a file safely. @throws {CodedError} OPTION_INVALID for a link, and for a file that another user may have created */
function readOwn(dir: string, name: string): string | null {
  const path = join(dir, name);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isFile()) throw refused(path, 'is not a regular file');
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { uid } = fstatSync(descriptor);
    const isShared = (lstatSync(dir).mode & OTHERS_CAN_WRITE) !== 0;
    if (isShared && uid !== process.getuid?.()) throw refused(path, 'belongs to another user');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function refused(path: string, why: string): CodedError {
  return new CodedError('OPTION_INVALID', `The file ${path} ${why}.`, 'Remove it, or use another folder.');
}

/** Writes to a new file and moves it into place, so that it never writes through a link created by another user. */
function withNewFile<Result>(dir: string, text: string, use: (file: string) => Result): Result {
  const file = join(dir, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  const descriptor = openSync(file, 'wx', OWNER_ONLY);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    return use(file);
  } finally {
    rmSync(file, { force: true });
  }
}

const UNFINISHED = '.unfinished-';

function isUnfinished(name: string): boolean {
  return name.startsWith(UNFINISHED);
}
