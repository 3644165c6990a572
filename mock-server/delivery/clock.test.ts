import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CodedError } from '../core/coded-error.ts';
import { createAgenda } from '../engine/agenda.ts';
import { type Clock, type ClockMode, createClock, VIRTUAL_EPOCH } from './clock.ts';

/** A driven object that records when each item ran. Items may add further items while they run. */
function createRecorder(clock: Clock) {
  const agenda = createAgenda<() => void>();
  const visits: number[] = [];
  let pending: Promise<void> = Promise.resolve();
  const add = (at: number, then: () => void = () => undefined): void => {
    agenda.add(at, () => {
      visits.push(clock.now());
      then();
    });
  };
  clock.drive({
    nextAt: agenda.nextAt,
    runDue(now) {
      for (let at = agenda.nextAt(); at !== null && at <= now; at = agenda.nextAt()) agenda.take()?.();
    },
    settled: () => pending,
  });
  return {
    visits,
    add,
    deliver(work: Promise<void>) {
      pending = work;
    },
  };
}

const MODES: readonly ClockMode[] = ['real', 'virtual', 'polls'];

describe.each(MODES)('the %s clock', (mode) => {
  it('visits each due moment in order, at that moment', async () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    const start = clock.now();
    for (const offset of [5000, 1000, 3000]) recorder.add(start + offset);
    await clock.advance(10_000);
    expect(recorder.visits).toEqual([start + 1000, start + 3000, start + 5000]);
    expect(clock.now()).toBeGreaterThanOrEqual(start + 10_000);
    clock.close();
  });

  it('visits items added during the move', async () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    const start = clock.now();
    recorder.add(start + 1000, () => recorder.add(start + 2000, () => recorder.add(start + 2000)));
    await clock.advance(2000);
    expect(recorder.visits).toEqual([start + 1000, start + 2000, start + 2000]);
    clock.close();
  });

  it('waits for the work started at one moment before it moves to the next', async () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    const start = clock.now();
    const order: string[] = [];
    recorder.add(start + 1000, () => {
      order.push('sent');
      recorder.deliver(
        new Promise((resolve) => {
          setImmediate(() => {
            order.push('answered');
            recorder.add(start + 1500, () => order.push('retried'));
            resolve();
          });
        }),
      );
    });
    recorder.add(start + 2000, () => order.push('later'));
    await clock.advance(2000);
    expect(order).toEqual(['sent', 'answered', 'retried', 'later']);
    clock.close();
  });

  it('refuses to move backwards, and names the current time', async () => {
    const clock = createClock(mode);
    const before = clock.now() - 1;
    await expect(clock.moveTo(before)).rejects.toThrow(/^the clock is already at /);
    clock.close();
  });

  it('fails with a clear error when an item keeps making itself due again', async () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    const at = clock.now() + 10;
    const again = (): void => {
      recorder.deliver(Promise.resolve().then(() => recorder.add(at, again)));
    };
    recorder.add(at, again);
    await expect(clock.advance(1000)).rejects.toMatchObject({
      code: 'CLOCK_ENDLESS',
    } satisfies Partial<CodedError>);
    clock.close();
  });

  it('performs concurrent moves one after the other', async () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    const start = clock.now();
    recorder.add(start + 1000);
    recorder.add(start + 6000);
    await Promise.all([clock.advance(5000), clock.advance(5000)]);
    expect(recorder.visits).toEqual([start + 1000, start + 6000]);
    expect(clock.now()).toBeGreaterThanOrEqual(start + 10_000);
    clock.close();
  });

  it('runs items that are due now immediately', () => {
    const clock = createClock(mode);
    const recorder = createRecorder(clock);
    recorder.add(clock.now());
    clock.touch();
    expect(recorder.visits).toHaveLength(1);
    clock.close();
  });

  it('returns to its start after a reset', async () => {
    const clock = createClock(mode, Date.UTC(2030, 0, 1));
    await clock.advance(86_400_000);
    clock.reset();
    expect(new Date(clock.now()).toISOString().slice(0, 16)).toBe('2030-01-01T00:00');
    clock.close();
  });
});

describe('a reset during a move', () => {
  it('ends the move and leaves a clean state', async () => {
    const clock = createClock('virtual');
    const recorder = createRecorder(clock);
    const start = clock.now();
    recorder.add(start + 1000, () => recorder.deliver(Promise.resolve().then(() => clock.reset())));
    recorder.add(start + 2000);
    expect(await clock.advance(10_000)).toBeNull();
    expect(clock.now()).toBe(start);
    expect(recorder.visits).toEqual([start + 1000]);
  });
});

describe('the virtual clock', () => {
  it('does not move by itself', () => {
    const clock = createClock('virtual');
    expect(clock.now()).toBe(VIRTUAL_EPOCH);
    expect(clock.wallNow()).toBeGreaterThan(VIRTUAL_EPOCH);
  });

  it('jumps without waiting for the work it starts', () => {
    const clock = createClock('polls');
    const recorder = createRecorder(clock);
    const start = clock.now();
    recorder.deliver(new Promise(() => undefined));
    recorder.add(start + 1000);
    recorder.add(start + 2000);
    clock.jump(start + 2000);
    expect(recorder.visits).toEqual([start + 1000, start + 2000]);
  });
});

describe('the real clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('wakes when an item becomes due', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const recorder = createRecorder(clock);
    recorder.add(clock.now() + 5000);
    clock.touch();
    vi.advanceTimersByTime(4000);
    expect(recorder.visits).toHaveLength(0);
    vi.advanceTimersByTime(2000);
    expect(recorder.visits).toHaveLength(1);
    clock.close();
  });

  it('waits for a moment that is beyond the range of a single timer', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const recorder = createRecorder(clock);
    const days = 60 * 86_400_000;
    recorder.add(clock.now() + days);
    clock.touch();
    vi.advanceTimersByTime(days - 1000);
    expect(recorder.visits).toHaveLength(0);
    vi.advanceTimersByTime(2000);
    expect(recorder.visits).toHaveLength(1);
    clock.close();
  });

  it('runs nothing after it is closed', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const recorder = createRecorder(clock);
    recorder.add(clock.now() + 1000);
    clock.touch();
    clock.close();
    vi.advanceTimersByTime(5000);
    expect(recorder.visits).toHaveLength(0);
  });
});

describe('a jump during a move', () => {
  it('is not undone when the move ends', async () => {
    const clock = createClock('polls');
    const recorder = createRecorder(clock);
    const start = clock.now();
    let finish = (): void => undefined;
    recorder.add(start + 1000, () => {
      recorder.deliver(
        new Promise((resolve) => {
          finish = resolve;
        }),
      );
      // As a poll does that is answered while the move waits for a receiver.
      queueMicrotask(() => {
        clock.jump(start + 60_000);
        finish();
      });
    });
    expect(await clock.advance(20_000)).toEqual({ fromAt: start, toAt: start + 60_000 });
    expect(clock.now()).toBe(start + 60_000);
  });
});
