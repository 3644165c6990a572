import type { Outcome, Plan, PollFault } from './types.ts';

/** The visible properties of a task at one moment. */
export interface TaskView {
  readonly state: string;
  /** Null until the task has ended. */
  readonly outcome: Outcome | null;
  /** When it left its first state; null before. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Whether its media can no longer be downloaded. */
  readonly expired: boolean;
  /** From 0 to 1. */
  readonly progress: number;
}

/**
 * Returns the view of a task at `now`. Pure, so reading a task does not require timers.
 * @param isAbandoned whether the task's callback was abandoned
 */
export function viewTask(plan: Plan, now: number, isAbandoned = false): TaskView {
  const reached = stepsReached(plan, now);
  const current = plan.steps[reached - 1] ?? plan.steps[0];
  const last = plan.steps.at(-1);
  const finished = reached === plan.steps.length && last !== undefined;
  return {
    state: finished && isAbandoned ? abandonedState(plan, last.state) : (current?.state ?? ''),
    outcome: finished ? plan.outcome : null,
    startedAt: startedAt(plan, now),
    finishedAt: finished ? last.at : null,
    expired: isExpired(plan, now),
    progress: finished ? 1 : progressAt(plan, now),
  };
}

/** Returns the view of a task for a message about one of its states, even if the task has since left that state. */
export function viewState(plan: Plan, state: string, now: number): TaskView {
  const view = viewTask(plan, now);
  const index = plan.steps.findIndex((step) => step.state === state);
  if (view.state === state || index < 0) return view;
  const at = plan.steps[index]?.at ?? now;
  return {
    state,
    outcome: null,
    startedAt: index === 0 ? null : (plan.steps[1]?.at ?? null),
    finishedAt: null,
    expired: false,
    progress: progressAt(plan, at),
  };
}

/** Returns the number of steps of the plan at or before `now`; at least 1. */
export function stepsReached(plan: Plan, now: number): number {
  let reached = 1;
  while (reached < plan.steps.length && (plan.steps[reached]?.at ?? Infinity) <= now) reached++;
  return reached;
}

export function isVisible(plan: Plan, now: number): boolean {
  return now >= plan.visibleAt;
}

export function isExpired(plan: Plan, now: number): boolean {
  return plan.mediaExpiresAt !== null && now >= plan.mediaExpiresAt;
}

/** Returns the fault of the n-th poll (from 1), if any. The faults of a scenario apply one after the other. */
export function faultOfPoll(faults: readonly PollFault[], n: number): PollFault | null {
  let before = 0;
  for (const fault of faults) {
    if (fault.times === null || n <= before + fault.times) return fault;
    before += fault.times;
  }
  return null;
}

function abandonedState({ abandonedState: state, outcome }: Plan, end: string): string {
  return state !== null && outcome.type === 'success' ? state : end;
}

function startedAt({ steps }: Plan, now: number): number | null {
  const at = steps[1]?.at;
  return at !== undefined && at <= now ? at : null;
}

function progressAt(plan: Plan, now: number): number {
  const endsAt = plan.steps.at(-1)?.at ?? plan.submittedAt;
  const whole = endsAt - plan.submittedAt;
  return whole <= 0 ? 0 : Math.min(1, Math.max(0, (now - plan.submittedAt) / whole));
}
