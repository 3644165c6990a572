import { amendStart } from '../core/amend.ts';
import { slotFreeAt } from '../core/capacity.ts';
import type { Capacity, Plan, Slot } from '../core/types.ts';
import type { TaskRecord } from './task-store.ts';

export type SlotLimits = Pick<Capacity, 'slots' | 'queue'>;

/** The slots of an account as planning needs them; null without a limit. */
export function capacityOf(
  own: readonly TaskRecord[],
  limits: SlotLimits | null,
  now: number,
): Capacity | null {
  if (limits === null) return null;
  return { ...limits, taken: own.flatMap(({ plan }) => liveSlot(plan, now) ?? []) };
}

/** The tasks of an account, in order of submission, that can start earlier than planned, each with its new plan. */
export function earlierStarts(
  own: readonly TaskRecord[],
  limits: SlotLimits | null,
  now: number,
): { task: TaskRecord; plan: Plan }[] {
  if (limits === null) return [];
  const taken: Slot[] = [];
  const moved: { task: TaskRecord; plan: Plan }[] = [];
  for (const task of own) {
    const slot = liveSlot(task.plan, now);
    if (slot === null) continue;
    const plan =
      slot.fromAt <= now ? task.plan : startEarlier(task.plan, { slots: limits.slots, taken }, now);
    if (plan !== task.plan) moved.push({ task, plan });
    taken.push(plan.slot ?? slot);
  }
  return moved;
}

function startEarlier(plan: Plan, { slots, taken }: Omit<Capacity, 'queue'>, now: number): Plan {
  // Nobody who already waits is turned away.
  const freeAt = slotFreeAt({ slots, taken, queue: Number.POSITIVE_INFINITY }, now);
  return freeAt === null ? plan : amendStart(plan, freeAt);
}

function liveSlot({ slot }: Plan, now: number): Slot | null {
  return slot !== null && slot.untilAt > now ? slot : null;
}
