import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CodedError } from '../core/coded-error.ts';
import { createAgenda } from './agenda.ts';
import { type Clock, type ClockMode, createClock, VIRTUAL_EPOCH } from './clock.ts';

/** Something to drive: writes down when each thing was done, and may add more things while doing it. */
function createDiary(clock: Clock) {
  const agenda = createAgenda<() => void>();
  const visits: number[] = [];
  let underway: Promise<void> = Promise.resolve();
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
    settled: () => underway,
  });
  return {
    visits,
    add,
    deliver(work: Promise<void>) {
      underway = work;
    },
  };
}

const MODES: readonly ClockMode[] = ['real', 'virtual', 'polls'];

describe.each(MODES)('the %s clock', (mode) => {
  it('visits each due moment in order, at that moment', async () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    const start = clock.now();
    for (const offset of [5000, 1000, 3000]) diary.add(start + offset);
    await clock.advance(10_000);
    expect(diary.visits).toEqual([start + 1000, start + 3000, start + 5000]);
    expect(clock.now()).toBeGreaterThanOrEqual(start + 10_000);
    clock.close();
  });

  it('visits what came up on the way, too', async () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    const start = clock.now();
    diary.add(start + 1000, () => diary.add(start + 2000, () => diary.add(start + 2000)));
    await clock.advance(2000);
    expect(diary.visits).toEqual([start + 1000, start + 2000, start + 2000]);
    clock.close();
  });

  it('waits for what a moment set off before it goes on', async () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    const start = clock.now();
    const order: string[] = [];
    diary.add(start + 1000, () => {
      order.push('sent');
      diary.deliver(
        new Promise((resolve) => {
          setImmediate(() => {
            order.push('answered');
            diary.add(start + 1500, () => order.push('retried'));
            resolve();
          });
        }),
      );
    });
    diary.add(start + 2000, () => order.push('later'));
    await clock.advance(2000);
    expect(order).toEqual(['sent', 'answered', 'retried', 'later']);
    clock.close();
  });

  it('refuses to go back, and says what time it is', async () => {
    const clock = createClock(mode);
    const before = clock.now() - 1;
    await expect(clock.moveTo(before)).rejects.toThrow(/it is .* already/);
    clock.close();
  });

  it('gives up on something that makes itself due for ever, with a clear error', async () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    const at = clock.now() + 10;
    const again = (): void => {
      diary.deliver(Promise.resolve().then(() => diary.add(at, again)));
    };
    diary.add(at, again);
    await expect(clock.advance(1000)).rejects.toMatchObject({
      code: 'CLOCK_ENDLESS',
    } satisfies Partial<CodedError>);
    clock.close();
  });

  it('makes one move after the other when two are asked for at once', async () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    const start = clock.now();
    diary.add(start + 1000);
    diary.add(start + 6000);
    await Promise.all([clock.advance(5000), clock.advance(5000)]);
    expect(diary.visits).toEqual([start + 1000, start + 6000]);
    expect(clock.now()).toBeGreaterThanOrEqual(start + 10_000);
    clock.close();
  });

  it('does at once what is due now', () => {
    const clock = createClock(mode);
    const diary = createDiary(clock);
    diary.add(clock.now());
    clock.touch();
    expect(diary.visits).toHaveLength(1);
    clock.close();
  });

  it('begins anew after a reset', async () => {
    const clock = createClock(mode, Date.UTC(2030, 0, 1));
    await clock.advance(86_400_000);
    clock.reset();
    expect(new Date(clock.now()).toISOString().slice(0, 16)).toBe('2030-01-01T00:00');
    clock.close();
  });
});

describe('a reset in the middle of a move', () => {
  it('ends the move where it is, on a clean slate', async () => {
    const clock = createClock('virtual');
    const diary = createDiary(clock);
    const start = clock.now();
    diary.add(start + 1000, () => diary.deliver(Promise.resolve().then(() => clock.reset())));
    diary.add(start + 2000);
    expect(await clock.advance(10_000)).toBeNull();
    expect(clock.now()).toBe(start);
    expect(diary.visits).toEqual([start + 1000]);
  });
});

describe('the virtual clock', () => {
  it('stands still by itself', () => {
    const clock = createClock('virtual');
    expect(clock.now()).toBe(VIRTUAL_EPOCH);
    expect(clock.wallNow()).toBeGreaterThan(VIRTUAL_EPOCH);
  });

  it('jumps without waiting for what it sets off', () => {
    const clock = createClock('polls');
    const diary = createDiary(clock);
    const start = clock.now();
    diary.deliver(new Promise(() => undefined));
    diary.add(start + 1000);
    diary.add(start + 2000);
    clock.jump(start + 2000);
    expect(diary.visits).toEqual([start + 1000, start + 2000]);
  });
});

describe('the real clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('wakes by itself when something is due', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const diary = createDiary(clock);
    diary.add(clock.now() + 5000);
    clock.touch();
    vi.advanceTimersByTime(4000);
    expect(diary.visits).toHaveLength(0);
    vi.advanceTimersByTime(2000);
    expect(diary.visits).toHaveLength(1);
    clock.close();
  });

  it('waits for a moment that lies farther off than one timer can reach', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const diary = createDiary(clock);
    const days = 60 * 86_400_000;
    diary.add(clock.now() + days);
    clock.touch();
    vi.advanceTimersByTime(days - 1000);
    expect(diary.visits).toHaveLength(0);
    vi.advanceTimersByTime(2000);
    expect(diary.visits).toHaveLength(1);
    clock.close();
  });

  it('does nothing any more once it is closed', () => {
    vi.useFakeTimers();
    const clock = createClock('real');
    const diary = createDiary(clock);
    diary.add(clock.now() + 1000);
    clock.touch();
    clock.close();
    vi.advanceTimersByTime(5000);
    expect(diary.visits).toHaveLength(0);
  });
});
