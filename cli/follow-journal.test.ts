import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../mock-server/index.ts';
import { createFollower } from './follow-journal.ts';
import type { Printer } from './print.ts';

let lines: string[] = [];
const printer: Printer = {
  json: false,
  err: process.stderr,
  color: false,
  line: (text = '') => lines.push(text),
  report: () => undefined,
  object: () => undefined,
  paint: (_style, text) => text,
};

beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

function answered(does: 'poll' | 'submit', taskId: string | null, status = 200): JournalEntry {
  return {
    type: 'request.answered',
    wallAt: '2026-01-01T10:00:00.000Z',
    route: 'operation',
    does,
    taskId,
    status,
    method: 'GET',
    url: '/poll',
    answer: 'no such task',
    meant: null,
  } as unknown as JournalEntry;
}

describe('polls in the terminal', () => {
  it('are counted per task and printed before the next entry', () => {
    const follower = createFollower(printer);
    for (let n = 0; n < 12; n += 1) follower.entry(answered('poll', 'aaaaaaaa-1'));
    follower.entry(answered('poll', 'bbbbbbbb-2'));
    expect(lines).toEqual([]);
    follower.entry(answered('submit', 'cccccccc-3'));
    expect(lines).toEqual([
      '10:00:00.000 polls     aaaaaaaa 12 polls',
      '10:00:00.000 polls     bbbbbbbb 1 poll',
      '10:00:00.000 request   GET /poll → task cccccccc',
    ]);
  });

  it('are printed every few seconds if no other entry follows', () => {
    const follower = createFollower(printer);
    follower.entry(answered('poll', 'aaaaaaaa-1'));
    vi.advanceTimersByTime(5000);
    expect(lines).toEqual(['10:00:00.000 polls     aaaaaaaa 1 poll']);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
  });

  it('of many tasks are printed on one line', () => {
    const follower = createFollower(printer);
    for (let n = 0; n < 1000; n += 1) follower.entry(answered('poll', `task-${n % 500}`));
    follower.end();
    expect(lines).toEqual(['10:00:00.000 polls     1000 polls of 500 tasks']);
  });

  it('that failed are printed on separate lines', () => {
    const follower = createFollower(printer);
    follower.entry(answered('poll', null, 404));
    expect(lines).toEqual(['10:00:00.000 request   GET /poll → HTTP 404 no such task']);
  });
});
