import { type Finding, notObservable } from './client-case.ts';
import type { Evidence } from './evidence.ts';
import { durationText } from './evidence-queries.ts';
import { isOverdue } from './overdue.ts';

/**
 * Returns the finding that a client may still do what is expected, or null when it had enough time: it has exited, or
 * it was observed for longer than its limit.
 * @param sinceMs time from which it could have done it
 */
export function stillOpen(evidence: Evidence, sinceMs: number): Finding | null {
  const { run, endsAtMs, giveUpWithinMs } = evidence;
  if (run === null || run.exitCode !== null) return null;
  const observedMs = endsAtMs - sinceMs;
  return isOverdue(observedMs, giveUpWithinMs) ? null : tooShort(evidence, observedMs);
}

/** Returns the finding that a run was too short to conclude anything. */
export function tooShort({ giveUpWithinMs, nameOption }: Evidence, observedMs: number): Finding {
  return notObservable(
    `The client was observed for ${durationText(observedMs)}, and has ${durationText(giveUpWithinMs)}. Increase ${nameOption('timeScale')} or ${nameOption('timeLimit')}, or reduce ${nameOption('giveUpWithin')}.`,
  );
}
