import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobOf } from '../../job.ts';
import { knewEndAtMs, say, submitOf, submitsIn } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const waitsForASlot: ClientCase = {
  id: 'CLI-CRE-06',
  group: 'Creating tasks',
  title: 'A job whose task failed for lack of a slot is submitted again later',
  level: 'should',
  requirement:
    'When a task fails because too many run at once, the client waits for a slot and submits the job again.',
  why: 'The job was valid; it is lost, or its user is asked to change the prompt.',
  remedy: 'Distinguish this message from those about content, and put the job back into the queue.',
  basis: ['errorCodes'],
  stimuli: ['no-slot'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a job whose task failed for lack of a slot is submitted again later';
    const slug = [...evidence.pack.kinds.values()][0]?.concurrencyFailure ?? null;
    const failed = evidence.tasks.find(
      ({ plan }) => slug !== null && plan.outcome.type === 'failure' && plan.outcome.slug === slug,
    );
    const knownAtMs = failed === undefined ? null : knewEndAtMs(evidence, failed);
    if (failed === undefined || knownAtMs === null)
      return doesNotApply(expected, 'The client did not learn of a task that failed for lack of a slot.');
    const own = submitOf(evidence, failed);
    const again = submitsIn(evidence).find(
      (call) =>
        own !== undefined && call.seq > own.seq && call.atMs >= knownAtMs && jobOf(call) === jobOf(own),
    );
    if (again === undefined)
      return (
        stillOpen(evidence, expected, knownAtMs) ??
        broken(expected, 'the job was not submitted again', [failed])
      );
    const gapMs = again.atMs - knownAtMs;
    return gapMs >= evidence.pack.clients.pollNeverWithinMs
      ? kept(expected, `it was submitted again after ${say(gapMs)}`)
      : broken(expected, `it was submitted again at once, after ${say(gapMs)}`, [again]);
  },
};
