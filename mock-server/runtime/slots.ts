import { amendStart } from '../core/amend.ts';
import { slotFreeAt } from '../core/capacity.ts';
import type { Account, Capacity, Plan, Slot } from '../core/types.ts';
import type { TaskRecord } from './task-store.ts';

export type SlotLimits = Pick<Capacity, 'slots' | 'queue'>;

export interface EarlierStart {
  readonly task: TaskRecord;
  readonly plan: Plan;
}

/** Who holds and who awaits a slot, account by account. */
export interface Slots {
  add(task: TaskRecord): void;
  remove(task: TaskRecord): void;
  /** What planning needs to know of an account; null without a limit. */
  capacityOf(account: Account, now: number): Capacity | null;
  /** The tasks, in order of submission, that can start earlier than planned, each with its new plan. */
  earlierStarts(account: Account, now: number): EarlierStart[];
  /** Lets go of tasks whose slot is free again, also of accounts that do not come back. */
  sweep(now: number): void;
  clear(): void;
}

const NO_LIMIT: Slots = {
  add: () => undefined,
  remove: () => undefined,
  capacityOf: () => null,
  earlierStarts: () => [],
  sweep: () => undefined,
  clear: () => undefined,
};

/** @param limits null for no limit, and then nothing is kept */
export function createSlots(limits: SlotLimits | null): Slots {
  if (limits === null) return NO_LIMIT;
  const byAccount = new Map<Account, TaskRecord[]>();

  /** Those whose slot is not given up yet; the others are let go. */
  function live(account: Account, now: number): TaskRecord[] {
    const tasks = (byAccount.get(account) ?? []).filter(({ plan }) => liveSlot(plan, now) !== null);
    if (tasks.length > 0) byAccount.set(account, tasks);
    else byAccount.delete(account);
    return tasks;
  }

  return {
    add(task) {
      if (task.plan.slot === null) return;
      const tasks = byAccount.get(task.plan.account);
      if (tasks === undefined) byAccount.set(task.plan.account, [task]);
      else tasks.push(task);
    },
    remove(task) {
      const tasks = byAccount.get(task.plan.account) ?? [];
      byAccount.set(
        task.plan.account,
        tasks.filter((other) => other !== task),
      );
    },
    capacityOf(account, now) {
      const taken = live(account, now).flatMap(({ plan }) => liveSlot(plan, now) ?? []);
      return { ...limits, taken };
    },
    earlierStarts: (account, now) => moveUp(live(account, now), limits.slots, now),
    sweep(now) {
      for (const account of [...byAccount.keys()]) live(account, now);
    },
    clear: () => byAccount.clear(),
  };
}

function moveUp(waiting: readonly TaskRecord[], slots: number, now: number): EarlierStart[] {
  const taken: Slot[] = [];
  const moved: EarlierStart[] = [];
  for (const task of waiting) {
    const slot = liveSlot(task.plan, now);
    if (slot === null) continue;
    const plan =
      slot.fromAt <= now ? task.plan : startEarlier(task.plan, { slots, taken }, Math.max(now, slot.readyAt));
    if (plan !== task.plan) moved.push({ task, plan });
    taken.push(plan.slot ?? slot);
  }
  return moved;
}

function startEarlier(plan: Plan, { slots, taken }: Omit<Capacity, 'queue'>, readyAt: number): Plan {
  // Nobody who already waits is turned away.
  const freeAt = slotFreeAt({ slots, taken, queue: Number.POSITIVE_INFINITY }, readyAt);
  return freeAt === null ? plan : amendStart(plan, freeAt);
}

function liveSlot({ slot }: Plan, now: number): Slot | null {
  return slot !== null && slot.untilAt > now ? slot : null;
}
