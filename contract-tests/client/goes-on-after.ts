import { broken, doesNotApply, type Finding, kept } from './client-case.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { pollsIn, pollsOf } from './questions.ts';

/** While a client goes on, this many waits may pass before its silence counts. */
const PATIENCE_WAITS = 3;
/** Nor does it count before this much wall time, because a busy machine holds up a call for seconds. */
const LEAST_SILENCE_MS = 5000;

/** Whether each poll that met something was followed by another of the same task. */
export function goesOnAfter(
  evidence: Evidence,
  meets: (call: ApiCall) => boolean,
): Finding {
  const met = pollsIn(evidence).filter(meets);
  if (met.length === 0) return doesNotApply('No poll received that answer.');
  const last = met.filter(({ seq, askedId }) => !((pollsOf(evidence, askedId ?? '').at(-1)?.seq ?? 0) > seq));
  const [first] = last;
  if (first === undefined) return kept(`${met.length} times, and it polled again each time`);
  const silentMs = evidence.endsAtMs - first.atMs;
  const patienceMs = Math.max(
    PATIENCE_WAITS * (evidence.pack.clients.pollEveryMs ?? 30_000),
    LEAST_SILENCE_MS * evidence.timeScale,
  );
  const mayStillCome = evidence.run === null || evidence.run.exitCode === null;
  return mayStillCome && silentMs < patienceMs
    ? doesNotApply('The next poll may still come.')
    : broken('there was no further poll', last);
}
