import { callbackUrlOf } from '../../callback-url.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { sayEnding } from '../../ending.ts';
import { durationText, firstAcknowledged, pollsOf, submitOf } from '../../evidence-queries.ts';
import { isOverdue } from '../../overdue.ts';
import { tooShort } from '../../still-open.ts';
import { count } from '../../wording.ts';

export const fallsBackToPolling: ClientCase = {
  id: 'CLI-CBK-02',
  group: 'Callbacks',
  title: 'The client polls for the result when no callback arrives',
  level: 'should',
  requirement: 'When an expected callback does not arrive, the client SHOULD poll within its time limit.',
  why: 'The vendor stops sending the callback after its last retry. The video exists, but the client never learns of it.',
  remedy: 'Set a deadline for the callback of each task, and poll once it has passed.',
  basis: ['retries', { derived: 'After the last retry, only a poll returns the result.' }],
  stimuli: ['silent'],
  isTimed: true,
  judge(evidence) {
    const awaited = evidence.tasks.filter(
      (task) =>
        callbackUrlOf(submitOf(evidence, task)) !== null && firstAcknowledged(evidence, task) === undefined,
    );
    if (awaited.length === 0) return notApplicable('Every expected callback arrived.');
    const { giveUpWithinMs, endsAtMs, run } = evidence;
    const unpolled = awaited.filter(({ id }) => pollsOf(evidence, id).length === 0);
    const [first] = unpolled;
    if (first === undefined) return passed(`the client polled ${count(awaited, 'task')} without a callback`);
    const waitedMs = endsAtMs - first.atMs;
    if (run !== null && run.exitCode !== null)
      return failed(`the client did not poll, and ${sayEnding(run)}`, unpolled);
    return isOverdue(waitedMs, giveUpWithinMs)
      ? failed(`the client did not poll for ${durationText(waitedMs)}`, unpolled)
      : tooShort(evidence, waitedMs);
  },
};
