import { describe, expect, it } from 'vitest';
import { asOption } from '../name-option.ts';
import { effects, nothingFetched } from './effect-verdicts.ts';
import type { CaseContext } from './receiver-case.ts';

/** A case whose tasks had these effects, and whose receiver requested this number of files. */
function contextWith(times: Readonly<Record<string, number>>, requests = 0): CaseContext {
  return {
    subject: { hasProbe: false, downloads: true, nameOption: asOption },
    drain: async () => ({ type: 'silent', forMs: 1000 }),
    effects: async (taskId: string) => times[taskId] ?? 0,
    downloads: () => Array.from({ length: requests }, () => ({ method: 'GET', name: 'video.mp4' })),
  } as unknown as CaseContext;
}

describe('a verdict on effects', () => {
  it.each([
    [3, 'a: 6 times; b: 6 times; c: 6 times'],
    [4, 'a: 6 times; b: 6 times; c: 6 times; 1 other task also differs'],
    [5, 'a: 6 times; b: 6 times; c: 6 times; 2 other tasks also differ'],
  ])('names three of %i tasks and says what the others are', async (n, actual) => {
    const ids = ['a', 'b', 'c', 'd', 'e'].slice(0, n);
    const context = contextWith(Object.fromEntries(ids.map((id) => [id, 6])));
    expect(await effects(context, 1, ...ids)).toMatchObject({ status: 'failed', actual });
  });

  it.each([
    [1, 'GET video.mp4'],
    [2, 'GET video.mp4, and 1 more request'],
    [3, 'GET video.mp4, and 2 more requests'],
  ])('names the first of %i forbidden requests', async (n, actual) => {
    expect(await nothingFetched(contextWith({}, n), 'a')).toMatchObject({ status: 'failed', actual });
  });
});
