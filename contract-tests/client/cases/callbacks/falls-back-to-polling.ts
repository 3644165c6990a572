import { callbackUrlOf } from '../../callback-url.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { isOverdue } from '../../overdue.ts';
import { firstAcknowledged, pollsOf, say, submitOf } from '../../questions.ts';
import { tooShort } from '../../still-open.ts';

export const fallsBackToPolling: ClientCase = {
  id: 'CLI-CBK-02',
  group: 'Callbacks',
  title: 'A client whose callback does not arrive polls for the result',
  level: 'should',
  requirement: 'When an expected callback does not arrive, the client polls within a limited time.',
  why: 'After its retries the vendor sends nothing more; the video exists, and nobody knows.',
  remedy: 'Give each task a time by which its callback should have arrived, and poll from then on.',
  basis: ['retries'],
  stimuli: ['silent'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a client whose callback does not arrive polls for the result';
    const awaited = evidence.tasks.filter(
      (task) =>
        callbackUrlOf(submitOf(evidence, task)) !== null && firstAcknowledged(evidence, task) === undefined,
    );
    if (awaited.length === 0) return doesNotApply(expected, 'No callback failed to arrive.');
    const { giveUpWithinMs, endsAtMs, run } = evidence;
    const deaf = awaited.filter(({ id }) => pollsOf(evidence, id).length === 0);
    const [first] = deaf;
    if (first === undefined) return kept(expected, `${awaited.length} tasks were polled`);
    const waitedMs = endsAtMs - first.atMs;
    if (run !== null && run.exitCode !== null) return broken(expected, 'it ended without a poll', deaf);
    return isOverdue(waitedMs, giveUpWithinMs)
      ? broken(expected, `there was no poll for ${say(waitedMs)}`, deaf)
      : tooShort(expected, waitedMs, giveUpWithinMs);
  },
};
