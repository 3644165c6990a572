import { describe, expect, it } from 'vitest';
import type { PackedEntry } from './journal-entry.ts';
import { matchesFilter } from './matches-filter.ts';

const STAMP = { seq: 1, at: 0, wallAt: 0 };
const EXPIRED = { ...STAMP, type: 'task.expired', taskId: 'one' } as unknown as PackedEntry;
const RESET = { ...STAMP, type: 'server.reset' } as unknown as PackedEntry;

describe('a filter of journal entries', () => {
  it('matches every entry when it is empty', () => {
    for (const entry of [EXPIRED, RESET]) expect(matchesFilter(entry, {})).toBe(true);
  });

  it('matches entries of its type', () => {
    expect(matchesFilter(EXPIRED, { type: 'task.expired' })).toBe(true);
    expect(matchesFilter(RESET, { type: 'task.expired' })).toBe(false);
  });

  it('matches entries about its task, but none that are not about a task', () => {
    expect(matchesFilter(EXPIRED, { taskId: 'one' })).toBe(true);
    expect(matchesFilter(EXPIRED, { taskId: 'two' })).toBe(false);
    expect(matchesFilter(RESET, { taskId: 'one' })).toBe(false);
  });

  it('requires both', () => {
    expect(matchesFilter(EXPIRED, { type: 'task.expired', taskId: 'one' })).toBe(true);
    expect(matchesFilter(EXPIRED, { type: 'task.changed', taskId: 'one' })).toBe(false);
  });
});
