import { type Finding, failed, notApplicable, passed } from './client-case.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { durationText, isReported } from './evidence-queries.ts';
import { isOverdue } from './overdue.ts';
import { tooShort } from './still-open.ts';

/**
 * Judges whether a client stopped polling for a result that never arrives, within its limit, and reported it.
 * @param polls polls without a result
 * @param texts texts of which the client must report one; empty when it need not report anything
 */
export function stopsWithinLimit(
  evidence: Evidence,
  polls: readonly ApiCall[],
  texts: readonly (string | null)[],
): Finding {
  const { run, giveUpWithinMs, endsAtMs, nameOption } = evidence;
  const [first] = polls;
  const last = polls.at(-1);
  if (first === undefined || last === undefined) return notApplicable('No poll received such a response.');
  if (run !== null && run.exitCode !== null) {
    const isExplained = texts.length === 0 || isReported(run, ...texts);
    return isExplained
      ? passed(`the client stopped after ${durationText(last.atMs - first.atMs)}`)
      : failed('the client ended successfully without reporting the problem', [last]);
  }
  const polledForMs = (run === null ? last.atMs : endsAtMs) - first.atMs;
  if (isOverdue(polledForMs, giveUpWithinMs))
    return failed(
      `the client was still polling after ${durationText(polledForMs)}; the limit is ${durationText(giveUpWithinMs)} (${nameOption('giveUpWithin')})`,
      [last],
    );
  if (run === null) return notApplicable('The client is within its limit.');
  return tooShort(evidence, polledForMs);
}
