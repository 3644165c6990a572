import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import type { Account } from '../core/types.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import type { RateLimit } from '../packs/vendor-rules.ts';
import { createRateWindows, type RateWindows } from './rate-windows.ts';

const [PACK, OTHER_PACK] = builtInPackDirs().map((dir) => loadPack(dir));
if (PACK === undefined || OTHER_PACK === undefined) throw new Error('expected two packs');
const pack = PACK;
const otherPack = OTHER_PACK;
const ME = 'key-1' as Account;
const YOU = 'key-2' as Account;
const LIMIT: RateLimit = { submissions: 2, perMs: 10_000, retryAfter: false };

function windowsOf(rate: RateLimit | null, speed = 1): RateWindows {
  return createRateWindows(new Map([pack, otherPack].map((one) => [one.name, one])), { speed, rate });
}

/** Submits if the limit allows it. @returns the time to wait before the next submission */
function submit(windows: RateWindows, now: number, { account = ME, of = pack } = {}): number {
  const { waitMs } = windows.wait(of, account, now);
  if (waitMs === 0) windows.apply(submission(of.name, account, now));
  return waitMs;
}

function submission(name: string, account: Account, at: number): PackedEntry {
  const packed = { type: 'whole', plan: { pack: name, account } };
  return { type: 'task.submitted', at, packed } as unknown as PackedEntry;
}

describe('the rate window of an account', () => {
  it('admits submissions up to the limit, and then requires waiting until the oldest leaves the window', () => {
    const windows = windowsOf(LIMIT);
    expect([0, 4000, 5000].map((now) => submit(windows, now))).toStrictEqual([0, 0, 5000]);
  });

  it('slides: each submission leaves the window exactly when its time is over', () => {
    const windows = windowsOf(LIMIT);
    const times = [0, 4000, 9999, 10_000, 10_000, 13_999, 14_000];
    expect(times.map((now) => submit(windows, now))).toStrictEqual([0, 0, 1, 0, 4000, 1, 0]);
  });

  it('does not count rejected submissions', () => {
    const windows = windowsOf(LIMIT);
    for (const now of [0, 0, 1000, 2000, 3000]) submit(windows, now);
    expect(submit(windows, 10_000)).toBe(0);
  });

  it('is separate for each account and each pack', () => {
    const windows = windowsOf(LIMIT);
    for (const now of [0, 0]) submit(windows, now);
    expect(submit(windows, 1, { account: YOU })).toBe(0);
    expect(submit(windows, 1, { of: otherPack })).toBe(0);
    expect(submit(windows, 1)).toBe(9999);
  });

  it('is scaled by the speed, like all vendor durations', () => {
    const windows = windowsOf(LIMIT, 20);
    expect([0, 0, 100, 499, 500].map((now) => submit(windows, now))).toStrictEqual([0, 0, 400, 1, 0]);
  });

  it('is empty after a reset', () => {
    const windows = windowsOf(LIMIT);
    for (const now of [0, 0]) submit(windows, now);
    windows.apply({ type: 'server.reset' } as PackedEntry);
    expect(submit(windows, 0)).toBe(0);
  });

  it('does not fill up without a limit', () => {
    const windows = windowsOf(null);
    for (let n = 0; n < 100; n++) expect(submit(windows, 0)).toBe(0);
  });

  it('never admits more than the limit in any window, and reports the exact waiting time', () => {
    const gaps = fc.array(fc.nat(6000), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (waits, submissions) => {
        const rate: RateLimit = { ...LIMIT, submissions };
        const windows = windowsOf(rate);
        const taken: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          const oldest = taken.at(-submissions) ?? Number.NEGATIVE_INFINITY;
          const waitMs = submit(windows, now);
          expect(waitMs).toBe(Math.max(0, oldest + rate.perMs - now));
          if (waitMs === 0) taken.push(now);
        }
        for (const at of taken) {
          const within = taken.filter((other) => other > at - rate.perMs && other <= at);
          expect(within.length).toBeLessThanOrEqual(submissions);
        }
      }),
    );
  });
});
