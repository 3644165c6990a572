import type { Attempt, DeliveryPolicy, DeliveryStatus } from './types.ts';

export type NextAttempt =
  | { readonly type: 'due'; readonly at: number }
  | { readonly type: 'settled'; readonly status: Exclude<DeliveryStatus, 'pending'> };

/**
 * What comes next for a delivery, from its policy and the attempts made so far.
 * Gaps run from the start of one attempt to the start of the next; the caller never starts one before the
 * previous has ended.
 * @param made how many of the attempts count, where that is known
 */
export function nextAttempt(
  policy: DeliveryPolicy,
  dueAt: number,
  attempts: readonly Attempt[],
  made = attemptsThatCount(attempts),
): NextAttempt {
  const last = attempts.at(-1);
  if (last === undefined) return { type: 'due', at: dueAt };
  if (last.outcome === 'acknowledged') return { type: 'settled', status: 'acknowledged' };
  // Our own guard refused it, and will again.
  if (last.outcome === 'blocked') return { type: 'settled', status: 'abandoned' };
  // Cut short by us, not by the receiver: it is made again and does not count.
  if (last.outcome === 'interrupted') return { type: 'due', at: last.at };
  return afterFailure(policy, last.at, made);
}

/** The same after an attempt that failed. @param made how many attempts there have been with it */
export function afterFailure(policy: DeliveryPolicy, at: number, made: number): NextAttempt {
  if (made > policy.retries) return { type: 'settled', status: 'abandoned' };
  const gapMs = policy.gapsMs[Math.min(made, policy.gapsMs.length) - 1] ?? 0;
  return { type: 'due', at: at + gapMs };
}

function attemptsThatCount(attempts: readonly Attempt[]): number {
  return attempts.filter(({ outcome }) => outcome !== 'interrupted').length;
}
