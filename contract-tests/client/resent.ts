import type { ApiCall, Evidence } from './evidence.ts';
import { submitsIn } from './evidence-queries.ts';
import { jobOf } from './job.ts';

/** Returns the submissions of jobs that had already been rejected. */
export function resentAfter(evidence: Evidence, rejected: readonly ApiCall[]): ApiCall[] {
  const rejectedAt = new Map<string, number>();
  for (const call of rejected) {
    const job = jobOf(call);
    if (!rejectedAt.has(job)) rejectedAt.set(job, call.seq);
  }
  return submitsIn(evidence).filter((call) => (rejectedAt.get(jobOf(call)) ?? call.seq) < call.seq);
}
