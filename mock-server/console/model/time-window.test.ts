import { describe, expect, it } from 'vitest';
import { fitOf, fitSinceSubmission } from './fit.ts';
import type { Lane } from './lane.ts';
import { eased, followed, moved, tickLabel, ticksOf, zoomed } from './time-window.ts';

describe('the time window', () => {
  it('follows the current time, with room for the plan at the right', () => {
    expect(followed(1000, 5000)).toEqual({ fromAt: 4150, toAt: 5150 });
  });

  it('keeps the time under the pointer in place when it is zoomed', () => {
    expect(zoomed({ fromAt: 0, toAt: 8000 }, 0.5, 2000)).toEqual({ type: 'fixed', fromAt: 1000, toAt: 5000 });
  });

  it('has a shortest and a longest span', () => {
    let window = { fromAt: 0, toAt: 8000 };
    for (let n = 0; n < 50; n++) window = zoomed(window, 0.5, 0) as typeof window & { type: 'fixed' };
    expect(window.toAt - window.fromAt).toBe(500);
    for (let n = 0; n < 80; n++) window = zoomed(window, 2, 0) as typeof window & { type: 'fixed' };
    expect(window.toAt - window.fromAt).toBeLessThan(61 * 24 * 3_600_000);
  });

  it('is moved by a part of its span', () => {
    expect(moved({ fromAt: 1000, toAt: 2000 }, -0.5)).toEqual({ type: 'fixed', fromAt: 500, toAt: 1500 });
  });

  it('reaches other bounds within a second', () => {
    let bounds = { fromAt: 0, toAt: 1000 };
    const wanted = { fromAt: 5000, toAt: 9000 };
    for (let frame = 0; frame < 60; frame++) bounds = eased(bounds, wanted, 16);
    expect(bounds).toEqual(wanted);
  });

  it.each([
    [1000, '00:14.000'],
    [60_000, '00:00:14'],
    [3_600_000, '00:00'],
    [30 * 86_400_000, '01-01'],
  ])('of %i ms has ticks in local time like %s', (spanMs, expected) => {
    expect(tickLabel(new Date(2026, 0, 1, 0, 0, 14).getTime(), spanMs)).toBe(expected);
    const ticks = ticksOf(0, spanMs, 10);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(11);
  });
});

function lane(submittedAt: number, more: Partial<Lane> = {}): Lane {
  const facts = { pack: 'acme', kind: 'clip', account: 'k', scenario: 'success', prompt: '', text: '' };
  const endedAt = submittedAt + 10_000;
  return {
    ...{ id: String(submittedAt), ...facts, submittedAt, endedAt, outcome: 'success', mediaExpiresAt: null },
    steps: [
      { state: 'running', at: submittedAt },
      { state: 'done', at: endedAt },
    ],
    changes: [
      { state: 'running', at: submittedAt, index: 0 },
      { state: 'done', at: endedAt, index: 1 },
    ],
    ...{ deliveries: [], downloads: [], status: 'no callback' },
    ...more,
  };
}

const running = (submittedAt: number): Lane =>
  lane(submittedAt, { endedAt: null, changes: [{ state: 'running', at: submittedAt, index: 0 }] });

describe('the window that fits', () => {
  const includes = ({ fromAt, toAt }: { fromAt: number; toAt: number }, at: number): boolean =>
    fromAt <= at && at <= toAt;

  it('shows live tasks up to the current time, and their plan', () => {
    const bounds = fitOf([running(100_000), running(104_000)], { now: 106_000, wallNow: 0 });
    for (const at of [100_000, 106_000, 114_000]) expect(includes(bounds, at)).toBe(true);
    expect(bounds.toAt - bounds.fromAt).toBeLessThan(20_000);
  });

  it('shows finished tasks as large as possible, however far the clock has moved since', () => {
    const day = 86_400_000;
    const bounds = fitOf([lane(100_000), lane(104_000)], { now: 100_000 + 14 * day, wallNow: 0 });
    expect(includes(bounds, 100_000) && includes(bounds, 114_000)).toBe(true);
    expect(bounds.toAt - bounds.fromAt).toBeLessThan(20_000);
  });

  it('does not include the expiry of media, nor tasks from long before', () => {
    const late = running(100_000_000);
    const bounds = fitOf([lane(0), { ...late, mediaExpiresAt: 200_000_000 }], {
      now: 100_004_000,
      wallNow: 0,
    });
    expect(bounds.toAt - bounds.fromAt).toBeLessThan(60_000);
  });

  it('begins at 0 when times are since submission', () => {
    const bounds = fitSinceSubmission([lane(0), lane(5_000_000)], { now: 6_000_000, wallNow: 0 });
    expect(includes(bounds, 0) && includes(bounds, 10_000)).toBe(true);
    expect(bounds.toAt).toBeLessThan(12_000);
  });
});
