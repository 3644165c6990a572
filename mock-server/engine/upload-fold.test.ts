import { expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { createByteBudget } from '../journal/byte-budget.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { createUploadFold } from './upload-fold.ts';

const stamp = { seq: 1, at: 1000, wallAt: 5 };

function stored(uploadId: string, change: object = {}): PackedEntry {
  const file = { name: 'cat.png', contentType: 'image/png', size: 3000, content: null, file: null };
  const rest = { pack: 'acme', account: 'key-1' as Account, isAnnounced: false, expiresAt: 9000 };
  return { ...stamp, type: 'upload.stored', uploadId, ...file, ...rest, ...change };
}

it('charges the memory of uploads until they are forgotten, and that of media files never', () => {
  const budget = createByteBudget(1_000_000);
  const fold = createUploadFold(budget, (text) => text);
  fold.apply(stored('u1'));
  const one = fold.bytes;
  expect(one).toBeGreaterThan(3000);
  fold.apply(stored('u2', { file: 'clip.mp4' }));
  expect(fold.bytes).toBeLessThan(one + 3000);
  expect(budget.used('tasks')).toBe(fold.bytes);
  fold.apply({ ...stamp, type: 'upload.forgotten', uploadId: 'u2' });
  fold.apply({ ...stamp, type: 'upload.forgotten', uploadId: 'absent' });
  expect([fold.bytes, budget.used('tasks')]).toEqual([one, one]);
});

it('replaces an announced upload, which keeps the time of its announcement', () => {
  const fold = createUploadFold(createByteBudget(1_000_000), (text) => text);
  fold.apply(stored('u1', { isAnnounced: true, size: 0 }));
  const before = fold.bytes;
  fold.apply(stored('u1', { at: 2000 }));
  expect(fold.all.get('u1')).toMatchObject({ createdAt: 1000, isAnnounced: false, size: 3000 });
  expect(fold.bytes).toBe(before + 3000);
  expect(fold.made).toBe(2);
});

it('is the same after it was saved and loaded, with masked names, and empty after a reset', () => {
  const fold = createUploadFold(createByteBudget(1_000_000), (text) => text.replace('cat', '***'));
  const restored = createUploadFold(createByteBudget(1_000_000), (text) => text);
  fold.apply(stored('u1'));
  for (const part of fold.save()) restored.load(part);
  expect(restored.all.get('u1')).toEqual({ ...fold.all.get('u1'), name: '***.png' });
  expect([restored.made, restored.bytes]).toEqual([fold.made, fold.bytes]);
  restored.apply({ ...stamp, type: 'server.reset' });
  expect([restored.made, restored.bytes, restored.all.size]).toEqual([0, 0, 0]);
});
