import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { durationText, knewEndAtMs, submitOf, submitsIn } from '../../evidence-queries.ts';
import { jobOf } from '../../job.ts';
import { stillOpen } from '../../still-open.ts';

export const resubmitsAfterConcurrencyFailure: ClientCase = {
  id: 'CLI-CRE-06',
  group: 'Creating tasks',
  title: 'A job that failed because of the concurrency limit is resubmitted later',
  level: 'should',
  requirement:
    'When a task fails because too many tasks run at once, the client SHOULD wait and submit the job again.',
  why: 'A valid job is lost, or the user is asked to change a prompt that was fine.',
  remedy: 'Distinguish this failure from content failures, and put the job back into the queue.',
  basis: [
    'concurrency',
    { derived: 'A job that failed because of the concurrency limit can succeed later.' },
  ],
  stimuli: ['no-slot'],
  isTimed: true,
  judge(evidence) {
    const slug = [...evidence.pack.kinds.values()][0]?.concurrencyFailure ?? null;
    const failedTask = evidence.tasks.find(
      ({ plan }) => slug !== null && plan.outcome.type === 'failure' && plan.outcome.slug === slug,
    );
    const knownAtMs = failedTask === undefined ? null : knewEndAtMs(evidence, failedTask);
    if (failedTask === undefined || knownAtMs === null)
      return notApplicable('The client did not see a task that failed because of the concurrency limit.');
    const own = submitOf(evidence, failedTask);
    const again = submitsIn(evidence).find(
      (call) =>
        own !== undefined && call.seq > own.seq && call.atMs >= knownAtMs && jobOf(call) === jobOf(own),
    );
    if (again === undefined)
      return stillOpen(evidence, knownAtMs) ?? failed('the job was not submitted again', [failedTask]);
    const gapMs = again.atMs - knownAtMs;
    return gapMs >= evidence.pack.clients.pollNeverWithinMs
      ? passed(`the job was submitted again after ${durationText(gapMs)}`)
      : failed(`the job was submitted again immediately, after ${durationText(gapMs)}`, [again]);
  },
};
