import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { createByteBudget } from '../journal/byte-budget.ts';
import { createJournal } from '../journal/journal.ts';
import { createUploadFold } from './upload-fold.ts';
import { createUploads, LARGEST_IN_JOURNAL, viewUpload } from './uploads.ts';

const pack = { name: 'acme' };
const account = 'key-1' as Account;
const rules = { idForm: 'uuid', lifetimeMs: 1000 } as const;

function create(limit = 8_000_000) {
  const time = { at: 0 };
  const budget = createByteBudget(limit);
  const journal = createJournal({ now: () => time.at, wallNow: () => 0, keep: 100, file: null, budget });
  const fold = createUploadFold(budget, (text) => text);
  journal.addFold(fold as Parameters<typeof journal.addFold>[0]);
  const uploads = createUploads({ journal, clock: { now: () => time.at }, fold, budget, seed: 'seed' });
  const store = (size: number, announced: ReturnType<typeof uploads.get> | null = null) => {
    const content = {
      type: 'bytes',
      bytes: Buffer.alloc(size, 7),
      name: 'a b.png',
      contentType: 'image/png',
    } as const;
    return uploads.store({ pack, rules, account, content, announced: announced ?? null });
  };
  return { uploads, store, time, journal, fold };
}

describe('an upload', () => {
  it('has the same id in every run, and another for each file', () => {
    const [one, two] = [create(), create()];
    const ids = [one.store(1)?.id, one.store(1)?.id];
    expect(new Set(ids).size).toBe(2);
    expect([two.store(1)?.id, two.store(1)?.id]).toEqual(ids);
  });

  it('is found by its pack and its account, or by any', () => {
    const { uploads, store } = create();
    const upload = store(1);
    const id = upload?.id ?? '';
    expect(uploads.find(pack, account, id)).toBe(upload);
    expect(uploads.find(pack, null, id)).toBe(upload);
    expect(uploads.find(pack, 'key-2' as Account, id)).toBeUndefined();
    expect(uploads.find({ name: 'other' }, null, id)).toBeUndefined();
  });

  it('is in the journal only if it is small', () => {
    const { uploads, store, journal } = create();
    const [small, large] = [store(LARGEST_IN_JOURNAL), store(LARGEST_IN_JOURNAL + 1)];
    expect(small?.content?.length).toBeGreaterThan(LARGEST_IN_JOURNAL);
    expect(large?.content).toBeNull();
    for (const upload of [small, large]) {
      expect(upload === null ? 0 : uploads.bytesOf(upload)?.length).toBe(upload?.size);
    }
    if (large !== null) journal.append({ type: 'upload.forgotten', uploadId: large.id });
    expect(large === null ? 0 : uploads.bytesOf(large)).toBeNull();
  });

  it('is forgotten when it has expired or room is needed, the oldest first', () => {
    const { store, time, fold } = create(8 * 10_000);
    const [first, second] = [store(4000), store(4000)];
    expect([...fold.all.keys()]).toEqual([first?.id, second?.id]);
    const third = store(4000);
    expect([...fold.all.keys()]).toEqual([second?.id, third?.id]);
    time.at = 1000;
    const fourth = store(10);
    expect([...fold.all.keys()]).toEqual([fourth?.id]);
    expect(store(10_001)).toBeNull();
  });

  it('has a URL that contains its name', () => {
    const upload = create().store(1);
    if (upload === null) throw new Error('the upload was refused');
    const { url, size } = viewUpload(upload, 'http://127.0.0.1:4010/acme');
    expect(url).toBe(`http://127.0.0.1:4010/acme/__media/${upload.id}/a%20b.png`);
    expect(size).toBe(1);
  });
});
