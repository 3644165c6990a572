import type { Plan } from '../mock-server/core/types.ts';
import type { OpenEntry } from '../mock-server/journal/unpack-entry.ts';
import type { Report } from './invariants/violation.ts';
import type { Submission } from './vendor-calls.ts';

/** A task as its client knows it. */
export interface Life {
  readonly taskId: string;
  readonly account: Plan['account'];
  readonly submission: Submission;
  /** Whether someone has asked to remove it, so that it need not be found. */
  mayBeGone: boolean;
  /** The plan in force. */
  plan: Plan;
  /** The latest step that every later poll must have reached. */
  floor: number;
}

/** The tasks whose submissions were answered. */
export interface Lives {
  /** Follows the plans, by the entries of the fleet. */
  apply(entry: OpenEntry): void;
  /** @param resets the number of resets when the submission was sent */
  answered(call: number, life: Pick<Life, 'taskId' | 'account' | 'submission'>, resets: number): void;
  readonly resets: number;
  of(call: number): Life | undefined;
  all(): Iterable<Life>;
  readonly count: number;
  /** A poll has seen a state. @param raises whether no later poll may show an earlier one */
  saw(life: Life, state: string, floorBefore: number, raises: boolean): void;
  /** It was amended to end, and every replica must show it. */
  ended(life: Life): void;
  /** Someone asks to remove a task. After a reset, tasks of several calls can have had its id. */
  removing(taskId: string): void;
  /** Everything may be gone from now on. */
  reset(): void;
}

/** The rank of a final state. */
const FINAL = 1_000;

export function createLives(report: Report): Lives {
  const lives = new Map<number, Life>();
  const byTask = new Map<string, Life>();
  const plans = new Map<string, Plan>();
  const gone = new Set<string>();
  let count = 0;
  let resets = 0;

  function reset(): void {
    resets += 1;
    for (const life of lives.values()) life.mayBeGone = true;
  }

  return {
    apply(entry) {
      if (entry.type === 'task.submitted' || entry.type === 'task.amended') {
        plans.set(entry.taskId, entry.plan);
        const life = byTask.get(entry.taskId);
        if (life !== undefined) life.plan = entry.plan;
      } else if (entry.type === 'task.forgotten') plans.delete(entry.taskId);
      else if (entry.type === 'server.reset') {
        plans.clear();
        reset();
      }
    },
    answered(call, life, resetsBefore) {
      if (resets !== resetsBefore) return;
      const plan = plans.get(life.taskId);
      if (plan === undefined) return report('found', `${life.taskId} was answered, but no entry has it`);
      const known = { ...life, plan, mayBeGone: gone.has(life.taskId), floor: 0 };
      lives.set(call, known);
      byTask.set(life.taskId, known);
      count += 1;
    },
    of: (call) => lives.get(call),
    all: () => lives.values(),
    get count() {
      return count;
    },
    saw(life, state, floorBefore, raises) {
      // After a reset, its id may be that of another task.
      if (life.mayBeGone) return;
      const rank = rankOf(life.plan, state);
      if (rank === null) return;
      if (rank < floorBefore)
        report('forward', `${life.taskId} was at step ${floorBefore}, and is "${state}" again`);
      if (raises) life.floor = Math.max(life.floor, rank);
    },
    get resets() {
      return resets;
    },
    ended(life) {
      life.floor = FINAL;
    },
    removing(taskId) {
      gone.add(taskId);
      for (const life of lives.values()) if (life.taskId === taskId) life.mayBeGone = true;
    },
    reset,
  };
}

/** Returns how far a task is; null when the state does not tell, because a scenario shows states out of order. */
function rankOf({ scenario, steps, abandonedState }: Plan, state: string): number | null {
  if (scenario.course !== null && scenario.course !== 'long') return null;
  if (state === abandonedState) return FINAL;
  const index = steps.findLastIndex((step) => step.state === state);
  if (index < 0) return null;
  return index === steps.length - 1 ? FINAL : index;
}
