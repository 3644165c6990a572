import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { amendStart } from '../core/amend.ts';
import { slotFreeAt } from '../core/capacity.ts';
import type { Account, Plan, Slot, TaskId } from '../core/types.ts';
import type { PackedEntry } from '../journal/journal-entry.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { SlotLimits } from './account-slots.ts';
import { createSlots } from './slots.ts';

const ANN = 'key-1' as Account;

/** A task with the properties that slots use. */
type Task = { plan: Plan } & TaskRecord;

let submitted = 0;

function taskWith(slot: Slot): Task {
  submitted += 1;
  const taskId = `task-${submitted}`;
  const plan = {
    taskId,
    account: ANN,
    slot,
    steps: [],
    callbacks: [],
    mediaExpiresAt: null,
  } as unknown as Plan;
  return { plan } as Task;
}

const someCall = fc.oneof(
  fc.record({
    type: fc.constant('submit' as const),
    waitMs: fc.nat(20),
    runMs: fc.integer({ min: 1, max: 50 }),
  }),
  fc.record({ type: fc.constant('remove' as const), index: fc.nat(30) }),
  fc.record({ type: fc.constant('pass' as const), durationMs: fc.nat(40) }),
);

/** An account that compares its slots with a naive search after each call. */
function createAccount(limit: SlotLimits) {
  const byId = new Map<TaskId, Task>();
  const slots = createSlots(limit, (id) => byId.get(id));
  const note = (type: 'task.submitted' | 'task.amended' | 'task.forgotten', { plan }: Task): void =>
    slots.apply({ type, taskId: plan.taskId } as PackedEntry);
  const tasks: Task[] = [];
  let now = 0;
  return {
    pass(durationMs: number): void {
      now += durationMs;
    },
    submit(waitMs: number, runMs: number): void {
      const readyAt = now + waitMs;
      const taken = tasks.flatMap(({ plan: { slot } }) => (slot !== null && slot.untilAt > now ? slot : []));
      const freeAt = slotFreeAt(slots.capacityOf(ANN, now), readyAt);
      expect(freeAt).toBe(slotFreeAt({ ...limit, taken }, readyAt));
      if (freeAt === null) return;
      const task = taskWith({ readyAt, fromAt: freeAt, untilAt: freeAt + runMs });
      tasks.push(task);
      byId.set(task.plan.taskId, task);
      note('task.submitted', task);
    },
    remove(index: number): void {
      const [task] = tasks.splice(index % Math.max(1, tasks.length), 1);
      if (task === undefined) return;
      byId.delete(task.plan.taskId);
      note('task.forgotten', task);
      const earlier = slots.earlierStarts(ANN, now);
      expect(earlier.map(({ plan }) => plan.slot)).toEqual(naiveStarts(tasks, limit.slots, now));
      for (const { task: moved, plan } of earlier) {
        (moved as Task).plan = plan;
        note('task.amended', moved as Task);
      }
    },
  };
}

describe('the slots of an account', () => {
  it('agree with a search through all tasks after any sequence of calls', () => {
    const limits = fc.record({
      slots: fc.integer({ min: 1, max: 4 }),
      queue: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
    });
    fc.assert(
      fc.property(limits, fc.array(someCall, { maxLength: 60 }), (limit, calls) => {
        const account = createAccount(limit);
        for (const call of calls) {
          if (call.type === 'pass') account.pass(call.durationMs);
          else if (call.type === 'submit') account.submit(call.waitMs, call.runMs);
          else account.remove(call.index);
        }
      }),
    );
  });
});

/** Returns the slots of tasks that can start earlier, found by a naive search. */
function naiveStarts(tasks: readonly TaskRecord[], slots: number, now: number): (Slot | null)[] {
  const taken: Slot[] = [];
  const moved: (Slot | null)[] = [];
  for (const { plan } of tasks) {
    const { slot } = plan;
    if (slot === null || slot.untilAt <= now) continue;
    const readyAt = Math.max(now, slot.readyAt);
    const freeAt = slotFreeAt({ slots, queue: Number.POSITIVE_INFINITY, taken }, readyAt) ?? readyAt;
    const next = slot.fromAt <= now ? plan : amendStart(plan, freeAt);
    if (next !== plan) moved.push(next.slot);
    taken.push(next.slot ?? slot);
  }
  return moved;
}
