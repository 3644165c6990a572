import { cannotBeSeen, type Finding } from './client-case.ts';
import type { Evidence } from './evidence.ts';
import { isOverdue } from './overdue.ts';
import { say } from './questions.ts';

/**
 * What to say of something that a client has not done (yet): null when it cannot do it any more, because it has ended
 * or because it was watched for as long as anybody waits.
 * @param sinceMs when it could have begun
 */
export function stillOpen(
  { run, endsAtMs, giveUpWithinMs }: Evidence,
  sinceMs: number,
): Finding | null {
  if (run === null || run.exitCode !== null) return null;
  const watchedMs = endsAtMs - sinceMs;
  return isOverdue(watchedMs, giveUpWithinMs) ? null : tooShort(watchedMs, giveUpWithinMs);
}

/** Nothing follows from what was not seen in so short a time. */
export function tooShort(watchedMs: number, giveUpWithinMs: number): Finding {
  return cannotBeSeen(
    `It was watched for ${say(watchedMs)}; ${say(giveUpWithinMs)} are allowed. Use a higher --time-scale, a longer --time-limit, or a shorter --give-up-within.`,
  );
}
