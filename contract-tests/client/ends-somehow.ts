import { broken, doesNotApply, type Finding, kept } from './client-case.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { isOverdue } from './overdue.ts';
import { isSurfaced, say } from './questions.ts';
import { tooShort } from './still-open.ts';

/**
 * Whether a client stopped asking for what never comes, within its bound, and told its caller.
 * @param polls those that brought nothing
 * @param texts what it may print; nothing in particular when empty
 */
export function endsSomehow(
  evidence: Evidence,
  polls: readonly ApiCall[],
  texts: readonly (string | null)[],
): Finding {
  const { run, giveUpWithinMs, endsAtMs } = evidence;
  const [first] = polls;
  const last = polls.at(-1);
  if (first === undefined || last === undefined)
    return doesNotApply('No poll received that answer.');
  if (run !== null && run.exitCode !== null) {
    const isTold = texts.length === 0 || isSurfaced(run, ...texts);
    return isTold
      ? kept(`it gave up after ${say(last.atMs - first.atMs)}`)
      : broken('the command ended as if all were well', [last]);
  }
  const askedForMs = (run === null ? last.atMs : endsAtMs) - first.atMs;
  if (isOverdue(askedForMs, giveUpWithinMs))
    return broken(
      `it was still polling after ${say(askedForMs)}, where ${say(giveUpWithinMs)} are allowed`,
      [last],
    );
  if (run === null) return doesNotApply('It may still give up.');
  return tooShort(askedForMs, giveUpWithinMs);
}
