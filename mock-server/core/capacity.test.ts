import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotFreeAt } from './capacity.ts';
import { planTask } from './plan.ts';
import type { Account, Plan, Slot } from './types.ts';

interface Arrival {
  /** Since the task before it was submitted. */
  readonly afterMs: number;
  /** Until it is ready for a slot. */
  readonly readyMs: number;
  /** How long it holds one. */
  readonly holdMs: number;
}

/** What became of a task that asked for a slot. */
interface Turn {
  readonly readyAt: number;
  /** Null when it was turned away. */
  readonly slot: Slot | null;
}

const someArrivals = (readyMs: fc.Arbitrary<number>): fc.Arbitrary<Arrival[]> =>
  fc.array(fc.record({ afterMs: fc.nat(40), readyMs, holdMs: fc.nat(100) }), { maxLength: 40 });
const someSlots = fc.integer({ min: 1, max: 4 });
const someQueue = fc.nat(4);

const ENOUGH = Number.POSITIVE_INFINITY;

/** Lets tasks arrive one after the other, as the engine does: each sees the slots that are not over yet. */
function play(arrivals: readonly Arrival[], slots: number, queue: number): Turn[] {
  const turns: Turn[] = [];
  let now = 0;
  for (const { afterMs, readyMs, holdMs } of arrivals) {
    now += afterMs;
    const submittedAt = now;
    const taken = turns.flatMap(({ slot }) => (slot !== null && slot.untilAt > submittedAt ? slot : []));
    const fromAt = slotFreeAt({ slots, queue, taken }, submittedAt + readyMs);
    const readyAt = submittedAt + readyMs;
    const slot = fromAt === null ? null : { readyAt, fromAt, untilAt: fromAt + holdMs };
    turns.push({ readyAt: submittedAt + readyMs, slot });
  }
  return turns;
}

function slotsOf(turns: readonly Turn[]): Slot[] {
  return turns.flatMap(({ slot }) => slot ?? []);
}

function heldAt(slots: readonly Slot[], at: number): number {
  return slots.filter(({ fromAt, untilAt }) => fromAt <= at && at < untilAt).length;
}

/** The most slots that are held at one moment; that moment is always the start of one. */
function mostAtOnce(slots: readonly Slot[]): number {
  return Math.max(0, ...slots.map(({ fromAt }) => heldAt(slots, fromAt)));
}

function waitingAt(turns: readonly Turn[], at: number): number {
  return turns.filter(({ readyAt, slot }) => slot !== null && readyAt <= at && at < slot.fromAt).length;
}

describe('tasks that compete for slots', () => {
  it('never hold more slots at once than there are', () => {
    fc.assert(
      fc.property(
        someArrivals(fc.nat(60)),
        someSlots,
        fc.constantFrom(0, 1, 3, ENOUGH),
        (arrivals, slots, queue) => {
          expect(mostAtOnce(slotsOf(play(arrivals, slots, queue)))).toBeLessThanOrEqual(slots);
        },
      ),
    );
  });

  it('never wait in a longer queue than there may be', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, someQueue, (arrivals, slots, queue) => {
        const turns = play(arrivals, slots, queue);
        for (const { readyAt } of turns) expect(waitingAt(turns, readyAt)).toBeLessThanOrEqual(queue);
      }),
    );
  });

  it('are turned away exactly when all slots are held and the queue is full, if all get ready equally fast', () => {
    fc.assert(
      fc.property(someArrivals(fc.constant(10)), someSlots, someQueue, (arrivals, slots, queue) => {
        const turns = play(arrivals, slots, queue);
        turns.forEach(({ readyAt, slot }, index) => {
          const earlier = turns.slice(0, index);
          const full = heldAt(slotsOf(earlier), readyAt) === slots && waitingAt(earlier, readyAt) >= queue;
          expect(slot === null).toBe(full);
        });
      }),
    );
  });

  it('start when they are ready or when another ends, never sooner', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, (arrivals, slots) => {
        const turns = play(arrivals, slots, ENOUGH);
        const ends = new Set(slotsOf(turns).map(({ untilAt }) => untilAt));
        for (const { readyAt, slot } of turns) {
          const fromAt = slot?.fromAt ?? Number.NaN;
          expect(fromAt).toBeGreaterThanOrEqual(readyAt);
          expect(fromAt === readyAt || ends.has(fromAt)).toBe(true);
        }
      }),
    );
  });

  it('leave no slot empty while one of them waits, if all get ready equally fast', () => {
    fc.assert(
      fc.property(someArrivals(fc.constant(10)), someSlots, (arrivals, slots) => {
        const turns = play(arrivals, slots, ENOUGH);
        for (const { readyAt, slot } of turns) {
          if (slot === null || slot.fromAt === readyAt) continue;
          expect(heldAt(slotsOf(turns), readyAt)).toBe(slots);
          expect(heldAt(slotsOf(turns), slot.fromAt - 1)).toBe(slots);
        }
      }),
    );
  });

  it('are served in the order of their submission', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, (arrivals, slots) => {
        const turns = play(arrivals, slots, ENOUGH);
        turns.forEach((later, index) => {
          for (const earlier of turns.slice(0, index)) {
            if (earlier.readyAt > later.readyAt) continue;
            expect(earlier.slot?.fromAt).toBeLessThanOrEqual(later.slot?.fromAt ?? Number.NaN);
          }
        });
      }),
    );
  });

  it('never hold more slots than there are as whole plans, each planned with the plans before it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 25 }), someSlots, someQueue, (gaps, slots, queue) => {
        const plans: Plan[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          plans.push(planNext(plans, now, { slots, queue }));
        }
        expect(mostAtOnce(plans.flatMap(({ slot }) => slot ?? []))).toBeLessThanOrEqual(slots);
        for (const { outcome, slot } of plans) expect(outcome.type === 'failure').toBe(slot === null);
      }),
    );
  });
});

describe('a slot', () => {
  const table: readonly (readonly [
    string,
    number,
    number,
    readonly (readonly [number, number])[],
    number | null,
  ])[] = [
    ['is free when nobody holds one', 1, 0, [], 100],
    ['is free when others hold fewer than there are', 2, 0, [[0, 500]], 100],
    ['is free at the very moment another is given up', 1, 0, [[0, 100]], 100],
    [
      'comes free when the first of the others ends',
      2,
      1,
      [
        [0, 500],
        [0, 300],
      ],
      300,
    ],
    [
      'comes free when the second ends, if one waits already',
      2,
      2,
      [
        [0, 500],
        [0, 300],
        [300, 700],
      ],
      500,
    ],
    [
      'comes free after those who wait already',
      1,
      2,
      [
        [0, 500],
        [500, 900],
      ],
      900,
    ],
    ['is refused when nobody may wait', 1, 0, [[0, 500]], null],
    [
      'is refused when as many wait as may',
      1,
      1,
      [
        [0, 500],
        [500, 900],
      ],
      null,
    ],
    ['is kept for a task that was submitted earlier and is not ready yet', 1, 1, [[100, 500]], 500],
  ];

  it.each(table)('%s', (_, slots, queue, taken, expected) => {
    const capacity = {
      slots,
      queue,
      taken: taken.map(([fromAt, untilAt]) => ({ readyAt: 0, fromAt, untilAt })),
    };
    expect(slotFreeAt(capacity, 100)).toBe(expected);
  });

  it('is not refused because of a task that will not have to wait', () => {
    const later = { readyAt: 150, fromAt: 150, untilAt: 500 };
    expect(slotFreeAt({ slots: 1, queue: 1, taken: [later] }, 100)).toBe(500);
    expect(slotFreeAt({ slots: 1, queue: 1, taken: [{ ...later, readyAt: 90 }] }, 100)).toBeNull();
  });

  it('is free at once without a limit', () => {
    expect(slotFreeAt(null, 100)).toBe(100);
  });
});

function planNext(before: readonly Plan[], now: number, limits: { slots: number; queue: number }): Plan {
  const taken = before.flatMap(({ slot }) => (slot !== null && slot.untilAt > now ? slot : []));
  return planTask({
    rules: {
      pack: 'acme',
      kind: 'clip',
      idForm: 'uuid',
      steps: [
        { state: 'waiting', minMs: 0, maxMs: 9000, waitsForSlot: true, holdsSlot: false },
        { state: 'working', minMs: 20_000, maxMs: 50_000, waitsForSlot: false, holdsSlot: true },
        { state: 'storing', minMs: 0, maxMs: 5000, waitsForSlot: false, holdsSlot: true },
      ],
      ends: { success: 'done', failure: 'broken', failures: {}, abandoned: null, canceled: null },
      oddities: { unknown: null, unready: null },
      visibleAfterMs: 0,
      mediaLifetimeMs: 0,
      notVisibleForMs: 0,
      lateByMs: 0,
      concurrencyFailure: 'crowded',
      waitsWithoutEnd: false,
    },
    operation: 'make-clip',
    account: 'key-1' as Account,
    scenario: {
      name: 'success',
      failure: null,
      submit: null,
      polls: [],
      hidden: false,
      callback: null,
      media: null,
      course: null,
    },
    request: {},
    pathParams: null,
    parentId: null,
    announcement: null,
    origin: 'http://127.0.0.1:4010',
    seed: `${before.length}`,
    submittedAt: now,
    speed: 1,
    instant: false,
    capacity: { ...limits, taken },
  });
}
