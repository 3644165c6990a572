import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAttemptTimers } from './attempt-timer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the timer of an attempt', () => {
  it('breaks off the attempt when its time is over', () => {
    const breakOff = vi.fn();
    const timer = createAttemptTimers().start(1000);
    timer.onEarlyEnd(breakOff);
    vi.advanceTimersByTime(999);
    expect([timer.endedBy, breakOff.mock.calls.length]).toEqual([null, 0]);
    vi.advanceTimersByTime(10);
    expect([timer.endedBy, breakOff.mock.calls.length]).toEqual(['time', 1]);
  });

  it('reads what has arrived before it breaks off', () => {
    const timer = createAttemptTimers().start(1000);
    const endedAfter: (string | null)[] = [];
    vi.advanceTimersToNextTimer();
    for (let turn = 0; turn < 3; turn++) {
      endedAfter.push(timer.endedBy);
      vi.advanceTimersToNextTimer();
    }
    expect([...endedAfter, timer.endedBy]).toEqual([null, null, null, 'time']);
  });

  it('does nothing after the attempt has ended', () => {
    const breakOff = vi.fn();
    const timers = createAttemptTimers();
    const timer = timers.start(1000);
    timer.onEarlyEnd(breakOff);
    timer.end();
    timers.interrupt();
    vi.advanceTimersByTime(10_000);
    expect([timer.endedBy, breakOff.mock.calls.length, vi.getTimerCount()]).toEqual([null, 0, 0]);
  });

  it('ends as interrupted, only once, and breaks off what begins later', () => {
    const breakOff = vi.fn();
    const timers = createAttemptTimers();
    const [first, second] = [timers.start(1000), timers.start(1000)];
    first.onEarlyEnd(breakOff);
    timers.interrupt();
    second.onEarlyEnd(breakOff);
    vi.advanceTimersByTime(10_000);
    expect([first.endedBy, second.endedBy, breakOff.mock.calls.length]).toEqual([
      'interruption',
      'interruption',
      2,
    ]);
  });

  it('measures the time since its start in whole milliseconds', () => {
    const timer = createAttemptTimers().start(100_000);
    vi.advanceTimersByTime(1234);
    expect(timer.elapsedMs()).toBe(1234);
  });

  it('does not end at once when the limit is longer than a timer can be', () => {
    const timer = createAttemptTimers().start(2 ** 40);
    vi.advanceTimersByTime(86_400_000);
    expect(timer.endedBy).toBeNull();
  });
});
