import type { Attempt, DeliveryPolicy, DeliveryStatus } from './types.ts';

export type NextAttempt =
  | { readonly type: 'due'; readonly at: number }
  | { readonly type: 'settled'; readonly status: Exclude<DeliveryStatus, 'pending'> };

/**
 * Returns the next attempt of a delivery, or its final status, from its policy and its previous attempts.
 * Gaps are measured from the start of one attempt to the start of the next; the caller never starts an attempt
 * before the previous one has ended.
 * @param made the number of attempts that count toward the limit; counted from `attempts` by default
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
  // The egress guard blocked the URL and would block it again.
  if (last.outcome === 'blocked') return { type: 'settled', status: 'abandoned' };
  // Interrupted by the mock, not by the receiver, so the attempt is repeated and does not count.
  if (last.outcome === 'interrupted') return { type: 'due', at: last.at };
  return afterFailure(policy, last.at, made);
}

/** Returns what follows a failed attempt. @param made the number of attempts so far, including the failed one */
export function afterFailure(policy: DeliveryPolicy, at: number, made: number): NextAttempt {
  if (made > policy.retries) return { type: 'settled', status: 'abandoned' };
  const gapMs = policy.gapsMs[Math.min(made, policy.gapsMs.length) - 1] ?? 0;
  return { type: 'due', at: at + gapMs };
}

function attemptsThatCount(attempts: readonly Attempt[]): number {
  return attempts.filter(({ outcome }) => outcome !== 'interrupted').length;
}
