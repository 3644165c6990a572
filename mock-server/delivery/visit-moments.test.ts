import { describe, expect, it } from 'vitest';
import { type MovingTime, visitMoments } from './visit-moments.ts';

/** A time with items at the given moments, and no deliveries. */
function timeWith(...moments: number[]) {
  const state = { now: 0, isOver: false, visits: [] as number[], calls: [] as string[] };
  const time: MovingTime = {
    now: () => state.now,
    nextAt: () => moments[0] ?? null,
    visit(at) {
      state.now = at;
      state.visits.push(at);
      while (moments[0] !== undefined && moments[0] <= at) moments.shift();
    },
    isOver: () => state.isOver,
    flights: { allHung: async () => undefined, changed: async () => undefined, limit: () => null },
    settled: async () => void state.calls.push('settled'),
  };
  return { state, time };
}

describe('a move of time', () => {
  it('visits the due moments up to its target, in order', async () => {
    const { state, time } = timeWith(10, 20, 20, 30);
    await visitMoments(time, 20);
    expect(state.visits).toEqual([10, 20]);
  });

  it('visits a moment of the past at the present time', async () => {
    const { state, time } = timeWith(-5);
    await visitMoments(time, 20);
    expect(state.visits).toEqual([0]);
  });

  it('does not reach the limit of its deliveries until they have changed', async () => {
    const { state, time } = timeWith(10, 20);
    const limits: (number | null)[] = [10, 15, 15, null];
    const changes: number[] = [];
    const flights = {
      ...time.flights,
      limit: () => limits[0] ?? null,
      changed: async () => {
        changes.push(state.now);
        limits.shift();
      },
    };
    await visitMoments({ ...time, flights }, 50);
    expect(state.visits).toEqual([10, 20]);
    expect(changes).toEqual([0, 10, 10]);
  });

  it('waits for all deliveries and ends early when it is over', async () => {
    const { state, time } = timeWith(10, 20, 30);
    const visit = (at: number): void => {
      time.visit(at);
      state.isOver = at === 20;
    };
    await visitMoments({ ...time, visit }, 50);
    expect([state.visits, state.calls]).toEqual([[10, 20], ['settled']]);
  });

  it('fails when an item keeps making itself due at the same moment', async () => {
    const { time } = timeWith();
    await expect(visitMoments({ ...time, nextAt: () => 0 }, 50)).rejects.toMatchObject({
      code: 'CLOCK_ENDLESS',
    });
  });
});
