import { createRandom } from '../core/random.ts';
import type { Account } from '../core/types.ts';
import type { Clock } from '../delivery/clock.ts';
import type { ByteBudget } from '../journal/byte-budget.ts';
import type { Journal } from '../journal/journal.ts';
import { mediaSize } from '../packs/media-files.ts';
import type { Pack } from '../packs/pack.ts';
import type { UploadContent, UploadRules, UploadView } from '../packs/uploads.ts';
import type { Upload, UploadFold } from './upload-fold.ts';

/** The files that clients upload. */
export interface Uploads {
  get(id: string): Upload | undefined;
  /** Returns an upload of a pack. @param account null for any */
  find(pack: Pick<Pack, 'name'>, account: Account | null, id: string): Upload | undefined;
  /** Stores a file. Null when it is larger than the mock may keep. */
  store(stored: StoredUpload): Upload | null;
  /** Returns the bytes of an upload; null when they were lost with a restart, or are those of another file. */
  bytesOf(upload: Upload): Buffer | null;
}

export interface StoredUpload {
  readonly pack: Pick<Pack, 'name'>;
  readonly rules: UploadRules;
  readonly account: Account;
  readonly content: Exclude<UploadContent, { readonly type: 'invalid' }>;
  /** The announced upload that the file belongs to; null for a new one. */
  readonly announced: Upload | null;
}

export interface UploadsOptions {
  readonly journal: Pick<Journal, 'append' | 'subscribe'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly fold: UploadFold;
  readonly budget: Pick<ByteBudget, 'limit'>;
  /** The seed of the run. */
  readonly seed: string;
}

/** Larger files are kept in memory only, so that they do not fill the journal. */
export const LARGEST_IN_JOURNAL = 64 * 1024;

/** The share of the memory that uploads may occupy. */
const SHARE = 1 / 8;

export function createUploads({ journal, clock, fold, budget, seed }: UploadsOptions): Uploads {
  const { all } = fold;
  const large = new Map<string, Buffer>();
  const limit = budget.limit * SHARE;

  journal.subscribe((entry) => {
    if (entry.type === 'upload.forgotten') large.delete(entry.uploadId);
    else if (entry.type === 'server.reset') large.clear();
  });

  function makeRoom(bytes: number): void {
    const now = clock.now();
    for (const { id, expiresAt } of [...all.values()]) {
      // They are in the order in which they were stored, so the oldest are forgotten first.
      if (expiresAt > now && fold.bytes + bytes <= limit) continue;
      journal.append({ type: 'upload.forgotten', uploadId: id });
    }
  }

  function newId(pack: string, account: Account, { idForm }: UploadRules): string {
    for (let n = fold.made; ; n++) {
      const id = createRandom(`${seed}|${pack}|${account}|upload ${n}`).id(idForm);
      if (!all.has(id)) return id;
    }
  }

  return {
    get: (id) => all.get(id),
    find({ name }, account, id) {
      const upload = all.get(id);
      return upload?.pack === name && (account === null || upload.account === account) ? upload : undefined;
    },
    store(stored) {
      const { pack, rules, account, content, announced } = stored;
      const bytes = content.type === 'bytes' ? content.bytes : NO_BYTES;
      if (bytes.length > limit) return null;
      const uploadId = announced?.id ?? newId(pack.name, account, rules);
      makeRoom(bytes.length);
      if (bytes.length > LARGEST_IN_JOURNAL) large.set(uploadId, bytes);
      else large.delete(uploadId);
      journal.append({ type: 'upload.stored', uploadId, ...fieldsOf(stored, bytes, clock.now()) });
      const upload = all.get(uploadId);
      if (upload === undefined) throw new Error(`upload ${uploadId} is missing`);
      return upload;
    },
    bytesOf: ({ id, content }) =>
      content === null ? (large.get(id) ?? null) : Buffer.from(content, 'base64'),
  };
}

const NO_BYTES = Buffer.alloc(0);

/** Returns the fields of the journal entry. An announced upload keeps its account and its name. */
function fieldsOf({ pack, rules, account, content, announced }: StoredUpload, bytes: Buffer, now: number) {
  const file = content.type === 'made' ? content.file : null;
  const isKept = content.type === 'bytes' && bytes.length <= LARGEST_IN_JOURNAL;
  return {
    pack: pack.name,
    account: announced?.account ?? account,
    name: announced?.name ?? content.name,
    contentType: content.contentType,
    size: file === null ? bytes.length : mediaSize(file),
    content: isKept ? bytes.toString('base64') : null,
    file,
    isAnnounced: content.type === 'announced',
    expiresAt: now + rules.lifetimeMs,
  };
}

/** @param origin scheme, host and prefix of the URL */
export function viewUpload(upload: Upload, origin: string): UploadView {
  const { id, name, contentType: type, size, createdAt, expiresAt } = upload;
  const url = `${origin}/__media/${encodeURIComponent(id)}/${encodeURIComponent(name)}`;
  return { id, url, name, type, size, createdAt, expiresAt };
}
