import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../mock-server/index.ts';
import { createRunClock } from './run-clock.ts';

/** Returns an entry at this many seconds of service time and of wall time. */
function entryAt(seq: number, serviceS: number, wallS: number): JournalEntry {
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return { seq, at: iso(serviceS), wallAt: iso(wallS), type: 'journal.started' } as unknown as JournalEntry;
}

describe('the clock of a run', () => {
  it('counts wall time from the first entry, multiplied by the time scale', () => {
    const clock = createRunClock({ time: 'wall', timeScale: 30 });
    clock.see(entryAt(1, 100, 5));
    const second = entryAt(2, 900, 7);
    clock.see(second);
    expect(clock.happening(second)).toEqual({ seq: 2, atMs: 60_000 });
    expect(clock.endsAtMs()).toBe(60_000);
    expect(clock.endsAtMs(new Date(8000).toISOString())).toBe(90_000);
    expect(clock.endsAtMs(new Date(6000).toISOString())).toBe(60_000);
  });

  it('counts service time on a virtual clock, and ignores the wall time of the end', () => {
    const clock = createRunClock({ time: 'service', timeScale: 1 });
    clock.see(entryAt(1, 100, 5));
    clock.see(entryAt(2, 160, 6));
    expect(clock.endsAtMs()).toBe(60_000);
    expect(clock.endsAtMs(new Date(60_000_000).toISOString())).toBe(60_000);
  });

  it('is at 0 before the first entry', () => {
    expect(createRunClock({ time: 'wall', timeScale: 1 }).endsAtMs()).toBe(0);
  });
});
