import type { Account, Capacity, Slot, TaskId } from '../core/types.ts';
import type { Fold } from '../journal/fold.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { type AccountSlots, type Claim, createAccountSlots, type SlotLimits } from './account-slots.ts';

/** The tasks of each account that occupy or wait for a slot. */
export interface Slots extends Fold<readonly TaskId[]> {
  /** Returns the account's capacity for planning; null without a limit. */
  capacityOf(account: Account, now: number): Capacity | null;
  /** Returns the tasks, in submission order, that can start earlier than planned, with their new plans. */
  earlierStarts(account: Account, now: number): ReturnType<AccountSlots['earlierStarts']>;
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

/**
 * Creates the slots of all accounts.
 * @param limits null for no limit, in which case nothing is stored
 */
export function createSlots(
  limits: SlotLimits | null,
  taskOf: (id: TaskId) => TaskRecord | undefined,
): Slots {
  return limits === null ? NO_LIMIT : createLimitedSlots(limits, taskOf);
}

function createLimitedSlots(limit: SlotLimits, taskOf: (id: TaskId) => TaskRecord | undefined): Slots {
  const accounts = new Map<Account, AccountSlots>();
  const claims = new Map<TaskId, Claim>();

  function sweepAccount(account: Account, slots: AccountSlots, now: number): void {
    for (const { taskId } of slots.sweep(now)) claims.delete(taskId);
    if (slots.size === 0) accounts.delete(account);
  }

  function claim(taskId: TaskId, task: TaskRecord | undefined): void {
    if (task === undefined) return;
    const { slot, account } = task.plan;
    if (slot === null) return;
    const slots = accounts.get(account) ?? createAccountSlots(limit);
    accounts.set(account, slots);
    const made = { taskId, task, account, slot };
    slots.add(made);
    claims.set(taskId, made);
  }

  function change(taskId: TaskId, slot: Slot | null): void {
    const known = claims.get(taskId);
    if (known !== undefined) accounts.get(known.account)?.change(known, slot);
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
          accounts.clear();
          claims.clear();
          return;
        default:
          return;
      }
    },
    capacityOf(account, now) {
      const slots = accounts.get(account);
      if (slots === undefined) return { ...limit, taken: [] };
      if (slots.isWorthSweeping) sweepAccount(account, slots, now);
      return slots.capacity();
    },
    earlierStarts: (account, now) => accounts.get(account)?.earlierStarts(now) ?? [],
    sweep(now) {
      for (const [account, slots] of [...accounts]) sweepAccount(account, slots, now);
    },
  };
}

const BATCH = 1000;

function* batches(taskIds: readonly TaskId[]): Iterable<readonly TaskId[]> {
  for (let at = 0; at < taskIds.length; at += BATCH) yield taskIds.slice(at, at + BATCH);
}
