import type { ApiCall, Evidence } from './evidence.ts';
import { jobOf } from './job.ts';
import { submitsIn } from './questions.ts';

/** Submissions of a job that had been refused already. */
export function resentAfter(evidence: Evidence, refused: readonly ApiCall[]): ApiCall[] {
  const refusedAt = new Map<string, number>();
  for (const call of refused) {
    const job = jobOf(call);
    if (!refusedAt.has(job)) refusedAt.set(job, call.seq);
  }
  return submitsIn(evidence).filter((call) => (refusedAt.get(jobOf(call)) ?? call.seq) < call.seq);
}
