import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

/** A pace whose time passes only when the test says so. */
function paced(callMs: number) {
  let time = 0;
  const [startedAt, waiting]: [number[], { at: number; run: () => void }[]] = [[], []];
  const later = (run: () => void, delayMs: number): void => void waiting.push({ at: time + delayMs, run });
  const call = (): Promise<void> => {
    startedAt.push(time);
    return new Promise((resolve) => later(resolve, callMs));
  };
  const pace = createPace({ call, now: () => time, later });
  const reach = async (at: number): Promise<void> => {
    for (;;) {
      const next = waiting.filter((one) => one.at <= at).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      waiting.splice(waiting.indexOf(next), 1);
      time = Math.max(time, next.at);
      next.run();
      // A call that ended continues in a microtask.
      for (let n = 0; n < 5; n++) await Promise.resolve();
    }
    time = at;
  };
  return { pace, startedAt, reach };
}

describe('the pace of calls', () => {
  it('pauses five times as long as the last call took', async () => {
    const { pace, startedAt, reach } = paced(2000);
    for (let n = 0; n < 60; n++) {
      pace.note(n);
      await reach(n * 500);
    }
    expect(startedAt).toEqual([0, 12_000, 24_000]);
  });

  it('makes no call without news', async () => {
    const { pace, startedAt, reach } = paced(100);
    pace.note(1);
    await reach(60_000);
    pace.note(1);
    await reach(120_000);
    expect(startedAt).toEqual([0]);
    pace.note(2);
    await reach(180_000);
    expect(startedAt).toEqual([0, 120_000]);
  });

  it('makes a call about news that came during a call', async () => {
    const { pace, startedAt, reach } = paced(1000);
    pace.note(1);
    await reach(500);
    pace.note(2);
    await reach(60_000);
    expect(startedAt).toEqual([0, 6000]);
  });

  it('makes a call when asked to, and none after it was stopped', async () => {
    const { pace, startedAt, reach } = paced(100);
    pace.note(1);
    await reach(5000);
    pace.renew();
    await reach(10_000);
    expect(startedAt).toEqual([0, 5000]);
    pace.stop();
    pace.note(2);
    await reach(60_000);
    expect(startedAt).toHaveLength(2);
  });
});
