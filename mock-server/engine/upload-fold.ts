import type { Account } from '../core/types.ts';
import type { ByteBudget } from '../journal/byte-budget.ts';
import type { Fold } from '../journal/fold.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';

/** A file that a client uploaded. */
export interface Upload {
  readonly id: string;
  readonly pack: string;
  readonly account: Account;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  /** See the entry `upload.stored`. */
  readonly content: string | null;
  readonly file: string | null;
  readonly isAnnounced: boolean;
  readonly createdAt: number;
  readonly expiresAt: number;
}

interface SavedUploads {
  readonly made: number;
  readonly uploads: readonly Upload[];
}

/** The uploads, as a fold of the journal's entries. */
export interface UploadFold extends Fold<SavedUploads> {
  /** In the order in which they were stored. */
  readonly all: ReadonlyMap<string, Upload>;
  /** The number of entries about uploads, which makes ids unique. */
  readonly made: number;
  /** The bytes of memory of all uploads. */
  readonly bytes: number;
}

/** Memory of an upload in addition to its bytes. */
const UPLOAD_BYTES = 500;

/** @param maskText masks the keys of clients in what is written to disk */
export function createUploadFold(
  budget: Pick<ByteBudget, 'charge'>,
  maskText: (text: string) => string,
): UploadFold {
  const all = new Map<string, Upload>();
  let made = 0;
  let bytes = 0;

  function charge(change: number): void {
    bytes += change;
    budget.charge('tasks', change);
  }

  function add(upload: Upload): void {
    remove(upload.id);
    all.set(upload.id, upload);
    charge(bytesOf(upload));
  }

  function remove(id: string): void {
    const upload = all.get(id);
    if (upload === undefined) return;
    all.delete(id);
    charge(-bytesOf(upload));
  }

  function apply(entry: PackedEntry): void {
    if (entry.type === 'upload.stored') {
      made += 1;
      const { uploadId: id, at, pack, account, name, contentType, size, content } = entry;
      const { file, isAnnounced, expiresAt } = entry;
      const createdAt = all.get(id)?.createdAt ?? at;
      const rest = { file, isAnnounced, createdAt, expiresAt };
      add({ id, pack, account, name, contentType, size, content, ...rest });
    } else if (entry.type === 'upload.forgotten') remove(entry.uploadId);
    else if (entry.type === 'server.reset') {
      made = 0;
      // A reset releases the memory of tasks as a whole.
      bytes = 0;
      all.clear();
    }
  }

  return {
    name: 'uploads',
    counted: [],
    apply,
    *save() {
      yield { made, uploads: [...all.values()].map((one) => ({ ...one, name: maskText(one.name) })) };
    },
    load(part) {
      made = part.made;
      for (const upload of part.uploads) add(upload);
    },
    all,
    get made() {
      return made;
    },
    get bytes() {
      return bytes;
    },
  };
}

/** A file of the media host needs no memory of its own. */
function bytesOf({ size, name, file }: Upload): number {
  return UPLOAD_BYTES + 2 * name.length + (file === null ? size : 0);
}
