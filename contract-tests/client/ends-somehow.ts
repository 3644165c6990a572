import { broken, cannotBeSeen, doesNotApply, type Finding, kept } from './client-case.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { isSurfaced, say } from './questions.ts';

/**
 * Whether a client stopped asking for what never comes, within its bound, and told its caller.
 * @param polls those that brought nothing
 * @param texts what it may print; nothing in particular when empty
 */
export function endsSomehow(
  evidence: Evidence,
  expected: string,
  polls: readonly ApiCall[],
  texts: readonly (string | null)[],
): Finding {
  const { run, giveUpWithinMs, endsAtMs } = evidence;
  const [first] = polls;
  const last = polls.at(-1);
  if (first === undefined || last === undefined) return doesNotApply(expected, 'No poll met it.');
  if (run !== null && run.exitCode !== null) {
    const isTold = texts.length === 0 || isSurfaced(run, ...texts);
    return isTold
      ? kept(expected, `given up after ${say(last.atMs - first.atMs)}`)
      : broken(expected, 'the command ended as if all were well', [last]);
  }
  const askedForMs = (run === null ? last.atMs : endsAtMs) - first.atMs;
  if (askedForMs >= giveUpWithinMs) return broken(expected, `still at it after ${say(askedForMs)}`, [last]);
  if (run === null) return doesNotApply(expected, 'It may still give up.');
  return cannotBeSeen(
    expected,
    `It was watched for ${say(askedForMs)}; ${say(giveUpWithinMs)} are allowed. Give a higher --time-scale, a longer --time-limit, or a shorter --give-up-within.`,
  );
}
