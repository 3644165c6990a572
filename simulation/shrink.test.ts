import { describe, expect, it } from 'vitest';
import type { Conditions, Deed } from './deeds.ts';
import { shrink } from './shrink.ts';

const conditions: Conditions = {
  ...{ clock: 'real', replicas: 4, concurrency: null, queue: 0, rateLimit: null },
  ...{ retries: null, snapshotAfter: 100, fatesPerSecond: 0 },
};
const deeds: Deed[] = Array.from({ length: 40 }, (_, call) => ({ type: 'poll', at: call, call, on: 0 }));
const violation = { invariant: 'found', detail: 'gone' } as const;

function callsOf(some: readonly Deed[]): number[] {
  return some.flatMap((deed) => ('call' in deed ? [deed.call] : []));
}

describe('shrinking', () => {
  it('leaves the deeds and replicas without which the invariant holds', async () => {
    const shrunk = await shrink({ conditions, deeds, violation }, async (some, replicas) =>
      [7, 8, 31].every((call) => callsOf(some).includes(call)) && replicas >= 2 ? violation : null,
    );
    expect(callsOf(shrunk.deeds)).toEqual([7, 8, 31]);
    expect(shrunk.conditions.replicas).toBe(2);
  });

  it('does not follow the violation of another invariant', async () => {
    const other = { invariant: 'settled', detail: 'open' } as const;
    const shrunk = await shrink({ conditions, deeds, violation }, async () => other);
    expect(shrunk.deeds).toEqual(deeds);
    expect(shrunk.smallest).toEqual(violation);
  });
});
