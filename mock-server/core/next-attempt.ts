import { isInWindows } from './ack-status.ts';
import { createRandom } from './random.ts';
import type { Attempt, DeliveryPolicy, DeliveryStatus } from './types.ts';

/** The rules for retries. */
export type RetryPolicy = Pick<DeliveryPolicy, 'retries' | 'gapsMs' | 'gapJitter' | 'endsRetries'>;

export type NextAttempt =
  | { readonly type: 'due'; readonly at: number }
  | { readonly type: 'settled'; readonly status: Exclude<DeliveryStatus, 'pending'> };

/**
 * Returns the next attempt of a delivery, or its final status, from its policy and its previous attempts.
 * Gaps are measured from the start of one attempt to the start of the next; the caller never starts an attempt
 * before the previous one has ended.
 * @param made the number of attempts that count toward the limit; counted from `attempts` by default
 * @param seed decides the jitter of the gaps; not needed without jitter
 */
export function nextAttempt(
  policy: RetryPolicy,
  dueAt: number,
  attempts: readonly Attempt[],
  made = attemptsThatCount(attempts),
  seed = '',
): NextAttempt {
  const last = attempts.at(-1);
  if (last === undefined) return { type: 'due', at: dueAt };
  if (last.outcome === 'acknowledged') return { type: 'settled', status: 'acknowledged' };
  // The egress guard blocked the URL and would block it again.
  if (last.outcome === 'blocked') return { type: 'settled', status: 'abandoned' };
  // Interrupted by the mock, not by the receiver, so the attempt is repeated and does not count.
  if (last.outcome === 'interrupted') return { type: 'due', at: last.at };
  if (endsRetries(policy, last)) return { type: 'settled', status: 'abandoned' };
  return afterFailure(policy, last.at, made, seed);
}

/** Returns what follows a failed attempt. @param made the number of attempts so far, including the failed one */
export function afterFailure(policy: RetryPolicy, at: number, made: number, seed = ''): NextAttempt {
  if (made > policy.retries) return { type: 'settled', status: 'abandoned' };
  return { type: 'due', at: at + gapAfter(policy, seed, made) };
}

function gapAfter({ gapsMs, gapJitter }: RetryPolicy, seed: string, made: number): number {
  const gapMs = gapsMs[Math.min(made, gapsMs.length) - 1] ?? 0;
  if (gapJitter === 0) return gapMs;
  const share = (2 * createRandom(`${seed} gap ${made}`).next() - 1) * gapJitter;
  return Math.round(gapMs * (1 + share));
}

/** Returns whether the answer of the receiver rules out retries. */
function endsRetries({ endsRetries: windows }: RetryPolicy, { outcome, status }: Attempt): boolean {
  const isAnswer = outcome === 'rejected' || outcome === 'redirect';
  return windows !== null && isAnswer && status !== null && isInWindows(windows, status);
}

function attemptsThatCount(attempts: readonly Attempt[]): number {
  return attempts.filter(({ outcome }) => outcome !== 'interrupted').length;
}
