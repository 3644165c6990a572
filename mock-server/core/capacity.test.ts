import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { slotFreeAt } from './capacity.ts';
import { planTask } from './plan.ts';
import { sampleInput, sampleRules } from './testing/sample-plan.ts';
import type { Plan, Slot } from './types.ts';

interface Arrival {
  /** Time since the submission of the previous task. */
  readonly afterMs: number;
  /** Time until it is ready for a slot. */
  readonly readyMs: number;
  /** How long it holds its slot. */
  readonly holdMs: number;
}

/** The result of a task's request for a slot. */
interface Turn {
  readonly readyAt: number;
  /** Null if the task was rejected. */
  readonly slot: Slot | null;
}

const someArrivals = (readyMs: fc.Arbitrary<number>): fc.Arbitrary<Arrival[]> =>
  fc.array(fc.record({ afterMs: fc.nat(40), readyMs, holdMs: fc.nat(100) }), { maxLength: 40 });
const someSlots = fc.integer({ min: 1, max: 4 });
const someQueue = fc.nat(4);

const ENOUGH = Number.POSITIVE_INFINITY;

/** Assigns slots to tasks in order of arrival, as the engine does: each task sees the slots that have not ended. */
function assignSlots(arrivals: readonly Arrival[], slots: number, queue: number): Turn[] {
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

/** The largest number of slots held at one moment. It is always reached at the start of a slot. */
function mostAtOnce(slots: readonly Slot[]): number {
  return Math.max(0, ...slots.map(({ fromAt }) => heldAt(slots, fromAt)));
}

function waitingAt(turns: readonly Turn[], at: number): number {
  return turns.filter(({ readyAt, slot }) => slot !== null && readyAt <= at && at < slot.fromAt).length;
}

describe('tasks that compete for slots', () => {
  it('never hold more slots at once than the limit', () => {
    fc.assert(
      fc.property(
        someArrivals(fc.nat(60)),
        someSlots,
        fc.constantFrom(0, 1, 3, ENOUGH),
        (arrivals, slots, queue) => {
          expect(mostAtOnce(slotsOf(assignSlots(arrivals, slots, queue)))).toBeLessThanOrEqual(slots);
        },
      ),
    );
  });

  it('never exceed the length of the queue', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, someQueue, (arrivals, slots, queue) => {
        const turns = assignSlots(arrivals, slots, queue);
        for (const { readyAt } of turns) expect(waitingAt(turns, readyAt)).toBeLessThanOrEqual(queue);
      }),
    );
  });

  it('are rejected exactly when all slots are held and the queue is full, if all become ready equally fast', () => {
    fc.assert(
      fc.property(someArrivals(fc.constant(10)), someSlots, someQueue, (arrivals, slots, queue) => {
        const turns = assignSlots(arrivals, slots, queue);
        turns.forEach(({ readyAt, slot }, index) => {
          const earlier = turns.slice(0, index);
          const full = heldAt(slotsOf(earlier), readyAt) === slots && waitingAt(earlier, readyAt) >= queue;
          expect(slot === null).toBe(full);
        });
      }),
    );
  });

  it('start when they are ready or when another task ends, never earlier', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, (arrivals, slots) => {
        const turns = assignSlots(arrivals, slots, ENOUGH);
        const ends = new Set(slotsOf(turns).map(({ untilAt }) => untilAt));
        for (const { readyAt, slot } of turns) {
          const fromAt = slot?.fromAt ?? Number.NaN;
          expect(fromAt).toBeGreaterThanOrEqual(readyAt);
          expect(fromAt === readyAt || ends.has(fromAt)).toBe(true);
        }
      }),
    );
  });

  it('leave no slot free while a task waits, if all become ready equally fast', () => {
    fc.assert(
      fc.property(someArrivals(fc.constant(10)), someSlots, (arrivals, slots) => {
        const turns = assignSlots(arrivals, slots, ENOUGH);
        for (const { readyAt, slot } of turns) {
          if (slot === null || slot.fromAt === readyAt) continue;
          expect(heldAt(slotsOf(turns), readyAt)).toBe(slots);
          expect(heldAt(slotsOf(turns), slot.fromAt - 1)).toBe(slots);
        }
      }),
    );
  });

  it('get slots in the order of their submission', () => {
    fc.assert(
      fc.property(someArrivals(fc.nat(60)), someSlots, (arrivals, slots) => {
        const turns = assignSlots(arrivals, slots, ENOUGH);
        turns.forEach((later, index) => {
          for (const earlier of turns.slice(0, index)) {
            if (earlier.readyAt > later.readyAt) continue;
            expect(earlier.slot?.fromAt).toBeLessThanOrEqual(later.slot?.fromAt ?? Number.NaN);
          }
        });
      }),
    );
  });

  it('never hold more slots than the limit when each is planned after the previous one', () => {
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
    ['is free when no task holds one', 1, 0, [], 100],
    ['is free when other tasks hold fewer than the limit', 2, 0, [[0, 500]], 100],
    ['is free at the very moment another task releases it', 1, 0, [[0, 100]], 100],
    [
      'becomes free when the first of the other tasks ends',
      2,
      1,
      [
        [0, 500],
        [0, 300],
      ],
      300,
    ],
    [
      'becomes free when the second task ends, if one task already waits',
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
      'becomes free after the tasks that already wait',
      1,
      2,
      [
        [0, 500],
        [500, 900],
      ],
      900,
    ],
    ['is refused when the queue has no places', 1, 0, [[0, 500]], null],
    [
      'is refused when the queue is full',
      1,
      1,
      [
        [0, 500],
        [500, 900],
      ],
      null,
    ],
    ['is reserved for a task that was submitted earlier and is not ready yet', 1, 1, [[100, 500]], 500],
  ];

  it.each(table)('%s', (_, slots, queue, taken, expected) => {
    const capacity = {
      slots,
      queue,
      taken: taken.map(([fromAt, untilAt]) => ({ readyAt: 0, fromAt, untilAt })),
    };
    expect(slotFreeAt(capacity, 100)).toBe(expected);
  });

  it('is not refused because of a task that will not wait', () => {
    const later = { readyAt: 150, fromAt: 150, untilAt: 500 };
    expect(slotFreeAt({ slots: 1, queue: 1, taken: [later] }, 100)).toBe(500);
    expect(slotFreeAt({ slots: 1, queue: 1, taken: [{ ...later, readyAt: 90 }] }, 100)).toBeNull();
  });

  it('is free immediately without a limit', () => {
    expect(slotFreeAt(null, 100)).toBe(100);
  });
});

function planNext(before: readonly Plan[], now: number, limits: { slots: number; queue: number }): Plan {
  const taken = before.flatMap(({ slot }) => (slot !== null && slot.untilAt > now ? slot : []));
  return planTask(
    sampleInput({
      rules: sampleRules({
        steps: [
          { state: 'waiting', minMs: 0, maxMs: 9000, waitsForSlot: true, holdsSlot: false },
          { state: 'working', minMs: 20_000, maxMs: 50_000, waitsForSlot: false, holdsSlot: true },
          { state: 'storing', minMs: 0, maxMs: 5000, waitsForSlot: false, holdsSlot: true },
        ],
      }),
      seed: `${before.length}`,
      submittedAt: now,
      capacity: { ...limits, taken },
    }),
  );
}
