import { type Finding, failed, notApplicable, passed } from './client-case.ts';
import { sayEnding } from './ending.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import { pollsIn, pollsOf } from './evidence-queries.ts';
import { count } from './wording.ts';

/** Number of poll intervals without a poll after which a running client counts as having stopped. */
const SILENT_INTERVALS = 3;
/** Minimum wall time before it does, because a busy machine delays calls by seconds. */
const MIN_SILENCE_MS = 5000;

/** Judges whether the client polled a task again after each poll with the given response. */
export function pollsAgainAfter(evidence: Evidence, matches: (call: ApiCall) => boolean): Finding {
  const matching = pollsIn(evidence).filter(matches);
  if (matching.length === 0) return notApplicable('No poll received such a response.');
  const last = matching.filter(
    ({ seq, askedId }) => !((pollsOf(evidence, askedId ?? '').at(-1)?.seq ?? 0) > seq),
  );
  const [first] = last;
  if (first === undefined)
    return passed(`the client received ${count(matching, 'such response')} and polled again after each`);
  const silentMs = evidence.endsAtMs - first.atMs;
  const requiredMs = Math.max(
    SILENT_INTERVALS * (evidence.pack.clients.pollEveryMs ?? 30_000),
    MIN_SILENCE_MS * evidence.timeScale,
  );
  const { run } = evidence;
  const isRunning = run === null || run.exitCode === null;
  return isRunning && silentMs < requiredMs
    ? notApplicable('The next poll is not due yet.')
    : failed(`the client did not poll again${run === null ? '' : `, and ${sayEnding(run)}`}`, last);
}
