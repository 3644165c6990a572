import { describe, expect, it } from 'vitest';
import { digest } from '../core/random.ts';
import type { TaskId } from '../core/types.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { createSubmissionCounts, type SubmissionCounts } from './submission-counts.ts';

const STAMP = { seq: 1, at: 0, wallAt: 0 };
const PACKED = { packed: {} } as unknown as Pick<Extract<PackedEntry, { type: 'task.submitted' }>, 'packed'>;

function submitted(seed: string): PackedEntry {
  return { ...STAMP, type: 'task.submitted', taskId: 't' as TaskId, ...PACKED, seed };
}

function submit(counts: SubmissionCounts, request: string): string {
  const seed = counts.next(request, 0);
  counts.apply(submitted(seed));
  return seed;
}

describe('the count of equal submissions', () => {
  it('starts at one for each request and never repeats a seed', () => {
    const counts = createSubmissionCounts();
    const [cat, dog] = [digest('a cat'), digest('a dog')];
    const seeds = [cat, dog, cat, cat].map((request) => submit(counts, request));
    expect(seeds).toEqual([`${cat}.1`, `${dog}.1`, `${cat}.2`, `${cat}.3`]);
  });

  it("changes only when the submission's entry is applied", () => {
    const counts = createSubmissionCounts();
    const cat = digest('a cat');
    expect([counts.next(cat, 0), counts.next(cat, 0), counts.next(cat, 2)]).toEqual([
      `${cat}.1`,
      `${cat}.1`,
      `${cat}.3`,
    ]);
  });

  it('restarts after a reset', () => {
    const counts = createSubmissionCounts();
    const cat = digest('a cat');
    const first = submit(counts, cat);
    counts.apply({ ...STAMP, type: 'server.reset' });
    expect(submit(counts, cat)).toBe(first);
  });

  it('starts a new generation when its table is full, and still never repeats a seed', () => {
    const counts = createSubmissionCounts(64);
    const requests = Array.from({ length: 5000 }, (_, n) => digest(`request ${n % 1500}`));
    const seeds = requests.map((request) => submit(counts, request));
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.at(-1)).toMatch(/\.\d+\.[1-9]\d*$/);
  });

  it('is restored by replaying entries, before and after the table was full', () => {
    const counts = createSubmissionCounts(64);
    const seeds = Array.from({ length: 3000 }, (_, n) => submit(counts, digest(`request ${n % 700}`)));
    const replayed = createSubmissionCounts(64);
    for (const seed of seeds) replayed.apply(submitted(seed));
    for (let n = 0; n < 700; n++) {
      const request = digest(`request ${n}`);
      expect(replayed.next(request, 0)).toBe(counts.next(request, 0));
    }
  });

  it('ignores tasks of journals without seeds', () => {
    const counts = createSubmissionCounts();
    const { seed: _seed, ...old } = submitted('') as Extract<PackedEntry, { type: 'task.submitted' }>;
    counts.apply(old);
    expect(counts.next(digest('a cat'), 0)).toBe(`${digest('a cat')}.1`);
  });
});
