import { callbackUrlOf } from '../../callback-url.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { isOverdue } from '../../overdue.ts';
import { firstAcknowledged, pollsOf, say, submitOf } from '../../questions.ts';
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
  sources: [PAGES.extend],
  stimuli: ['silent'],
  isTimed: true,
  judge(evidence) {
    const awaited = evidence.tasks.filter(
      (task) =>
        callbackUrlOf(submitOf(evidence, task)) !== null && firstAcknowledged(evidence, task) === undefined,
    );
    if (awaited.length === 0) return doesNotApply('Every expected callback arrived.');
    const { giveUpWithinMs, endsAtMs, run } = evidence;
    const unpolled = awaited.filter(({ id }) => pollsOf(evidence, id).length === 0);
    const [first] = unpolled;
    if (first === undefined) return kept(`${count(awaited, 'task')} were polled`);
    const waitedMs = endsAtMs - first.atMs;
    if (run !== null && run.exitCode !== null) return broken('the client exited without polling', unpolled);
    return isOverdue(waitedMs, giveUpWithinMs)
      ? broken(`there was no poll for ${say(waitedMs)}`, unpolled)
      : tooShort(waitedMs, giveUpWithinMs);
  },
};
