import { describe, expect, it } from 'vitest';
import type { Slot, TaskId } from '../core/types.ts';
import { createSampleTasks, SAMPLE_ACCOUNT, START_AT } from '../delivery/testing/sample-tasks.ts';
import { type Claim, createAccountSlots } from './account-slots.ts';

const samples = createSampleTasks();
const NO_END = Number.POSITIVE_INFINITY;

function slotFor(fromAt: number, untilAt: number, readyAt = fromAt): Slot {
  return { readyAt: START_AT + readyAt, fromAt: START_AT + fromAt, untilAt: START_AT + untilAt };
}

function claimOf(slot: Slot): Claim {
  const task = samples.add({ ...samples.plan(), slot });
  return { taskId: task.plan.taskId as TaskId, task, account: SAMPLE_ACCOUNT, slot };
}

describe('the slots of one account', () => {
  it('are free until as many tasks as there are slots occupy them', () => {
    const slots = createAccountSlots({ slots: 2, queue: NO_END });
    slots.add(claimOf(slotFor(0, 100)));
    expect(slots.capacity().taken).toEqual([]);
    slots.add(claimOf(slotFor(0, 50)));
    const untilAt = START_AT + 50;
    expect(slots.capacity()).toEqual({
      slots: 1,
      queue: NO_END,
      taken: [{ readyAt: untilAt, fromAt: untilAt, untilAt }],
    });
  });

  it('are known one by one when the queue may be full', () => {
    const slots = createAccountSlots({ slots: 1, queue: 1 });
    const claim = claimOf(slotFor(0, 100));
    slots.add(claim);
    expect(slots.capacity()).toEqual({ slots: 1, queue: 1, taken: [claim.slot] });
  });

  it('are free again when a claim loses its slot', () => {
    const slots = createAccountSlots({ slots: 1, queue: NO_END });
    const claim = claimOf(slotFor(0, 100));
    slots.add(claim);
    expect(slots.capacity().taken).toHaveLength(1);
    slots.change(claim, null);
    expect(slots.capacity().taken).toEqual([]);
  });

  it('lose the claims that have ended in a sweep, which is worth it after many additions', () => {
    const slots = createAccountSlots({ slots: 1, queue: NO_END });
    const claims = Array.from({ length: 65 }, (_, n) => claimOf(slotFor(0, n + 1)));
    for (const claim of claims.slice(0, -1)) slots.add(claim);
    expect(slots.isWorthSweeping).toBe(false);
    for (const claim of claims.slice(-1)) slots.add(claim);
    expect(slots.isWorthSweeping).toBe(true);
    expect(slots.sweep(START_AT + 60)).toEqual(claims.slice(0, 60));
    expect([slots.size, slots.isWorthSweeping]).toEqual([5, false]);
  });

  it('let waiting tasks start earlier, in the order of their submission', () => {
    const slots = createAccountSlots({ slots: 1, queue: NO_END });
    const [running, second, third] = [slotFor(0, 100), slotFor(100, 200, 0), slotFor(200, 300, 0)].map(
      claimOf,
    );
    if (running === undefined || second === undefined || third === undefined)
      throw new Error('expected three');
    for (const claim of [running, second, third]) slots.add(claim);
    expect(slots.earlierStarts(START_AT + 10)).toEqual([]);
    slots.change(running, null);
    const moved = slots.earlierStarts(START_AT + 10);
    expect(moved.map(({ task }) => task)).toEqual([second.task, third.task]);
    expect(moved.map(({ plan }) => plan.slot?.fromAt)).toEqual([START_AT + 10, START_AT + 110]);
  });
});
