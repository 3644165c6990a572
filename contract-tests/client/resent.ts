import type { ApiCall, Evidence } from './evidence.ts';
import { jobOf } from './job.ts';
import { submitsIn } from './questions.ts';

/** Submissions of a job that had been refused already. */
export function resentAfter(evidence: Evidence, refused: readonly ApiCall[]): ApiCall[] {
  return submitsIn(evidence).filter((call) =>
    refused.some((earlier) => earlier.seq < call.seq && jobOf(earlier) === jobOf(call)),
  );
}
