import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobOf } from '../../job.ts';
import { knewEndAtMs, say, submitOf, submitsIn } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const waitsForASlot: ClientCase = {
  id: 'CLI-CRE-06',
  group: 'Creating tasks',
  title: 'A job that failed because of the concurrency limit is resubmitted later',
  level: 'should',
  requirement:
    'When a task fails because too many tasks run at once, the client SHOULD wait and submit the job again.',
  why: 'A valid job is lost, or the user is asked to change a prompt that was fine.',
  remedy: 'Distinguish this failure from content failures, and put the job back into the queue.',
  sources: [PAGES.extend],
  stimuli: ['no-slot'],
  isTimed: true,
  judge(evidence) {
    const slug = [...evidence.pack.kinds.values()][0]?.concurrencyFailure ?? null;
    const failed = evidence.tasks.find(
      ({ plan }) => slug !== null && plan.outcome.type === 'failure' && plan.outcome.slug === slug,
    );
    const knownAtMs = failed === undefined ? null : knewEndAtMs(evidence, failed);
    if (failed === undefined || knownAtMs === null)
      return doesNotApply('The client did not see a task that failed because of the concurrency limit.');
    const own = submitOf(evidence, failed);
    const again = submitsIn(evidence).find(
      (call) =>
        own !== undefined && call.seq > own.seq && call.atMs >= knownAtMs && jobOf(call) === jobOf(own),
    );
    if (again === undefined)
      return (
        stillOpen(evidence, knownAtMs) ??
        broken('the job was not submitted again', [failed])
      );
    const gapMs = again.atMs - knownAtMs;
    return gapMs >= evidence.pack.clients.pollNeverWithinMs
      ? kept(`the job was submitted again after ${say(gapMs)}`)
      : broken(`the job was submitted again immediately, after ${say(gapMs)}`, [again]);
  },
};
