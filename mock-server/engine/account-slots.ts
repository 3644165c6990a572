import { amendStart } from '../core/amend.ts';
import type { Account, Capacity, Plan, Slot, TaskId } from '../core/types.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createLargest, type Largest } from './largest.ts';

export type SlotLimits = Pick<Capacity, 'slots' | 'queue'>;

/** A task and its slot, readable without unpacking the plan. The slot is null after the task was removed. */
export interface Claim {
  readonly taskId: TaskId;
  readonly task: TaskRecord;
  readonly account: Account;
  slot: Slot | null;
}

export interface EarlierStart {
  readonly task: TaskRecord;
  readonly plan: Plan;
}

/** The claims of one account, in submission order. */
export interface AccountSlots {
  /** The number of claims, including those that have ended since the last sweep. */
  readonly size: number;
  add(claim: Claim): void;
  /** Changes the slot of a claim. */
  change(claim: Claim, slot: Slot | null): void;
  /** Whether enough claims have been added since the last sweep to pay for another one. */
  readonly isWorthSweeping: boolean;
  /** Removes the claims that have ended. @returns the removed ones */
  sweep(now: number): readonly Claim[];
  /** Returns the capacity for planning. */
  capacity(): Capacity;
  /** Returns the tasks that can start earlier than planned, with their new plans. */
  earlierStarts(now: number): EarlierStart[];
}

const MIN_SWEEP = 64;

export function createAccountSlots({ slots, queue }: SlotLimits): AccountSlots {
  let claims: Claim[] = [];
  /** The latest end times, as many as there are slots; null when they must be recomputed. */
  let latest: Largest | null = null;
  let sweepAbove = MIN_SWEEP;

  function latestEnds(): Largest {
    if (latest !== null) return latest;
    latest = createLargest(slots);
    for (const { slot } of claims) if (slot !== null) latest.offer(slot.untilAt);
    return latest;
  }

  return {
    get size() {
      return claims.length;
    },
    add(claim) {
      claims.push(claim);
      if (claim.slot !== null) latest?.offer(claim.slot.untilAt);
    },
    change(claim, slot) {
      claim.slot = slot;
      latest = null;
    },
    get isWorthSweeping() {
      return claims.length > sweepAbove;
    },
    sweep(now) {
      const ended: Claim[] = [];
      const live: Claim[] = [];
      for (const claim of claims)
        (claim.slot !== null && claim.slot.untilAt > now ? live : ended).push(claim);
      claims = live;
      sweepAbove = Math.max(MIN_SWEEP, 2 * live.length);
      return ended;
    },
    /** With N slots, a slot becomes free at the earliest of the N latest end times. */
    capacity() {
      // The queue's contents matter only when it may be full.
      if (claims.length >= queue) return { slots, queue, taken: claims.flatMap(({ slot }) => slot ?? []) };
      const untilAt = latestEnds().least();
      const blocking = untilAt === null ? [] : [{ readyAt: untilAt, fromAt: untilAt, untilAt }];
      return { slots: 1, queue: Number.POSITIVE_INFINITY, taken: blocking };
    },
    earlierStarts: (now) => earlierStarts(claims, slots, now),
  };
}

function earlierStarts(claims: readonly Claim[], slots: number, now: number): EarlierStart[] {
  const latest = createLargest(slots);
  const moved: EarlierStart[] = [];
  for (const { task, slot } of claims) {
    if (slot === null || slot.untilAt <= now) continue;
    const readyAt = Math.max(now, slot.readyAt);
    const freeAt = Math.max(readyAt, latest.least() ?? readyAt);
    if (slot.fromAt <= now || freeAt >= slot.fromAt) {
      latest.offer(slot.untilAt);
      continue;
    }
    const plan = amendStart(task.plan, freeAt);
    moved.push({ task, plan });
    latest.offer(plan.slot?.untilAt ?? slot.untilAt);
  }
  return moved;
}
