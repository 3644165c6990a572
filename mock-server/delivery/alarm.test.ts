import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAlarm } from './alarm.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('an alarm', () => {
  it('rings once at its moment', () => {
    const ring = vi.fn();
    createAlarm(() => 1000, ring).set(3000);
    vi.advanceTimersByTime(1999);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('rings at the latest moment that it was set to', () => {
    const ring = vi.fn();
    const alarm = createAlarm(() => 0, ring);
    alarm.set(1000);
    alarm.set(500);
    vi.advanceTimersByTime(500);
    expect(ring).toHaveBeenCalledTimes(1);
    alarm.set(700);
    alarm.set(null);
    vi.advanceTimersByTime(10_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('does not create a second timer for the same moment', () => {
    const alarm = createAlarm(() => 0, vi.fn());
    for (let n = 0; n < 3; n++) alarm.set(1000);
    expect(vi.getTimerCount()).toBe(1);
  });

  it('rings early for a moment beyond the range of a timer, not at once', () => {
    const ring = vi.fn();
    createAlarm(() => 0, ring).set(60 * 86_400_000);
    vi.advanceTimersByTime(24 * 86_400_000);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(86_400_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it('rings for a moment in the past, and can be set again when it rings', () => {
    const rings: string[] = [];
    const alarm = createAlarm(
      () => 5000,
      () => {
        rings.push('ring');
        if (rings.length < 3) alarm.set(1000);
      },
    );
    alarm.set(1000);
    vi.advanceTimersByTime(10);
    expect(rings).toHaveLength(3);
  });
});
