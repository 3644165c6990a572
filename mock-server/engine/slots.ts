import { amendStart } from '../core/amend.ts';
import type { Account, Capacity, Plan, Slot, TaskId } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createLargest } from './largest.ts';

export type SlotLimits = Pick<Capacity, 'slots' | 'queue'>;

export interface EarlierStart {
  readonly task: TaskRecord;
  readonly plan: Plan;
}

/** The tasks of each account that occupy or wait for a slot. */
export interface Slots extends Fold<readonly TaskId[]> {
  /** Returns the account's capacity for planning; null without a limit. */
  capacityOf(account: Account, now: number): Capacity | null;
  /** Returns the tasks, in submission order, that can start earlier than planned, with their new plans. */
  earlierStarts(account: Account, now: number): EarlierStart[];
  /** Removes tasks whose slot is free again, including those of inactive accounts. */
  sweep(now: number): void;
}

const NO_LIMIT: Slots = {
  name: 'slots',
  counted: [],
  save: () => [],
  load: () => undefined,
  apply: () => undefined,
  capacityOf: () => null,
  earlierStarts: () => [],
  sweep: () => undefined,
};

/** A task and its slot, readable without unpacking the plan. The slot is null after the task was removed. */
interface Claim {
  readonly taskId: TaskId;
  readonly task: TaskRecord;
  readonly account: Account;
  slot: Slot | null;
}

/** The claims of one account, in submission order. */
interface Ledger {
  claims: Claim[];
  /** The latest end times, as many as there are slots; null when they must be recomputed. */
  latest: ReturnType<typeof createLargest> | null;
  /** Ended claims are removed when there are more claims than this. */
  sweepAbove: number;
}

const MIN_SWEEP = 64;

/**
 * Creates the slots of all accounts.
 * @param limits null for no limit, in which case nothing is stored
 */
export function createSlots(
  limits: SlotLimits | null,
  taskOf: (id: TaskId) => TaskRecord | undefined,
): Slots {
  if (limits === null) return NO_LIMIT;
  const { slots, queue } = limits;
  const ledgers = new Map<Account, Ledger>();
  const claims = new Map<TaskId, Claim>();

  function sweepLedger(account: Account, ledger: Ledger, now: number): void {
    ledger.claims = ledger.claims.filter(({ taskId, slot }) => {
      const isLive = slot !== null && slot.untilAt > now;
      if (!isLive) claims.delete(taskId);
      return isLive;
    });
    ledger.sweepAbove = Math.max(MIN_SWEEP, 2 * ledger.claims.length);
    if (ledger.claims.length === 0) ledgers.delete(account);
  }

  function claim(taskId: TaskId, task: TaskRecord | undefined): void {
    if (task === undefined) return;
    const { slot, account } = task.plan;
    if (slot === null) return;
    const ledger = ledgers.get(account) ?? { claims: [], latest: null, sweepAbove: MIN_SWEEP };
    ledgers.set(account, ledger);
    const made = { taskId, task, account, slot };
    ledger.claims.push(made);
    ledger.latest?.offer(slot.untilAt);
    claims.set(taskId, made);
  }

  function change(taskId: TaskId, slot: Slot | null): void {
    const known = claims.get(taskId);
    if (known === undefined) return;
    known.slot = slot;
    const ledger = ledgers.get(known.account);
    if (ledger !== undefined) ledger.latest = null;
  }

  function latestOf(ledger: Ledger) {
    if (ledger.latest !== null) return ledger.latest;
    const latest = createLargest(slots);
    for (const { slot } of ledger.claims) if (slot !== null) latest.offer(slot.untilAt);
    ledger.latest = latest;
    return latest;
  }

  /** With N slots, a slot becomes free at the earliest of the N latest end times. */
  function capacityOf(account: Account, now: number): Capacity {
    const ledger = ledgers.get(account);
    if (ledger === undefined) return { slots, queue, taken: [] };
    if (ledger.claims.length > ledger.sweepAbove) sweepLedger(account, ledger, now);
    // The queue's contents matter only when it may be full.
    if (ledger.claims.length >= queue) {
      return { slots, queue, taken: ledger.claims.flatMap(({ slot }) => slot ?? []) };
    }
    const untilAt = latestOf(ledger).least();
    const blocking = untilAt === null ? [] : [{ readyAt: untilAt, fromAt: untilAt, untilAt }];
    return { slots: 1, queue: Number.POSITIVE_INFINITY, taken: blocking };
  }

  return {
    name: 'slots',
    counted: [],
    // The slots themselves are in the plans of the tasks.
    save: () => batches([...claims.values()].flatMap(({ taskId, slot }) => (slot === null ? [] : taskId))),
    load(taskIds) {
      for (const taskId of taskIds) claim(taskId, taskOf(taskId));
    },
    apply(entry) {
      switch (entry.type) {
        case 'task.submitted':
          return claim(entry.taskId, taskOf(entry.taskId));
        case 'task.amended':
          return change(entry.taskId, taskOf(entry.taskId)?.plan.slot ?? null);
        case 'task.forgotten':
          change(entry.taskId, null);
          claims.delete(entry.taskId);
          return;
        case 'server.reset':
          ledgers.clear();
          claims.clear();
          return;
        default:
          return;
      }
    },
    capacityOf,
    earlierStarts(account, now) {
      const ledger = ledgers.get(account);
      return ledger === undefined ? [] : moveUp(ledger.claims, slots, now);
    },
    sweep(now) {
      for (const [account, ledger] of [...ledgers]) sweepLedger(account, ledger, now);
    },
  };
}

const BATCH = 1000;

function* batches(taskIds: readonly TaskId[]): Iterable<readonly TaskId[]> {
  for (let at = 0; at < taskIds.length; at += BATCH) yield taskIds.slice(at, at + BATCH);
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
