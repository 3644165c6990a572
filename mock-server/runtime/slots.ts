import { amendStart } from '../core/amend.ts';
import type { Account, Capacity, Plan, Slot } from '../core/types.ts';
import { createLargest } from './largest.ts';
import type { TaskRecord } from './task-store.ts';

export type SlotLimits = Pick<Capacity, 'slots' | 'queue'>;

export interface EarlierStart {
  readonly task: TaskRecord;
  readonly plan: Plan;
}

/** Who holds and who awaits a slot, account by account. */
export interface Slots {
  add(task: TaskRecord): void;
  /** To be called when the plan of a task has changed. */
  update(task: TaskRecord): void;
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
  update: () => undefined,
  remove: () => undefined,
  capacityOf: () => null,
  earlierStarts: () => [],
  sweep: () => undefined,
  clear: () => undefined,
};

/** A task and its slot, which can be read without unpacking the plan; null when it has none any more. */
interface Claim {
  readonly task: TaskRecord;
  slot: Slot | null;
}

/** The claims of one account, in order of submission. */
interface Ledger {
  claims: Claim[];
  /** The latest releases, as many as there are slots; null when they must be gathered anew. */
  latest: ReturnType<typeof createLargest> | null;
  /** As soon as there are more claims than this, those that are over are let go. */
  sweepAbove: number;
}

const FEW = 64;

/** @param limits null for no limit, and then nothing is kept */
export function createSlots(limits: SlotLimits | null): Slots {
  if (limits === null) return NO_LIMIT;
  const { slots, queue } = limits;
  const ledgers = new Map<Account, Ledger>();
  const claimOf = new Map<TaskRecord, Claim>();

  function sweepLedger(account: Account, ledger: Ledger, now: number): void {
    ledger.claims = ledger.claims.filter(({ task, slot }) => {
      const isLive = slot !== null && slot.untilAt > now;
      if (!isLive) claimOf.delete(task);
      return isLive;
    });
    ledger.sweepAbove = Math.max(FEW, 2 * ledger.claims.length);
    if (ledger.claims.length === 0) ledgers.delete(account);
  }

  function latestOf(ledger: Ledger) {
    if (ledger.latest !== null) return ledger.latest;
    const latest = createLargest(slots);
    for (const { slot } of ledger.claims) if (slot !== null) latest.offer(slot.untilAt);
    ledger.latest = latest;
    return latest;
  }

  /** A slot is free when that many of the latest releases are over: it is the earliest of them that is waited for. */
  function capacityOf(account: Account, now: number): Capacity {
    const ledger = ledgers.get(account);
    if (ledger === undefined) return { slots, queue, taken: [] };
    if (ledger.claims.length > ledger.sweepAbove) sweepLedger(account, ledger, now);
    // Only where the queue may be full does it matter who waits.
    if (ledger.claims.length >= queue) {
      return { slots, queue, taken: ledger.claims.flatMap(({ slot }) => slot ?? []) };
    }
    const untilAt = latestOf(ledger).least();
    const blocking = untilAt === null ? [] : [{ readyAt: untilAt, fromAt: untilAt, untilAt }];
    return { slots: 1, queue: Number.POSITIVE_INFINITY, taken: blocking };
  }

  return {
    add(task) {
      const { slot, account } = task.plan;
      if (slot === null) return;
      const ledger = ledgers.get(account) ?? { claims: [], latest: null, sweepAbove: FEW };
      ledgers.set(account, ledger);
      const claim = { task, slot };
      ledger.claims.push(claim);
      ledger.latest?.offer(slot.untilAt);
      claimOf.set(task, claim);
    },
    update(task) {
      const claim = claimOf.get(task);
      if (claim === undefined) return;
      const { slot, account } = task.plan;
      claim.slot = slot;
      const ledger = ledgers.get(account);
      if (ledger !== undefined) ledger.latest = null;
    },
    remove(task) {
      const claim = claimOf.get(task);
      if (claim === undefined) return;
      claimOf.delete(task);
      claim.slot = null;
      const ledger = ledgers.get(task.plan.account);
      if (ledger !== undefined) ledger.latest = null;
    },
    capacityOf,
    earlierStarts(account, now) {
      const ledger = ledgers.get(account);
      return ledger === undefined ? [] : moveUp(ledger.claims, slots, now);
    },
    sweep(now) {
      for (const [account, ledger] of [...ledgers]) sweepLedger(account, ledger, now);
    },
    clear() {
      ledgers.clear();
      claimOf.clear();
    },
  };
}

function moveUp(claims: readonly Claim[], slots: number, now: number): EarlierStart[] {
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
