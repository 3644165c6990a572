import { PAGES } from '../../../pages.ts';
import { callbackUrlOf } from '../../callback-url.ts';
import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall, Evidence, TaskLife } from '../../evidence.ts';
import { pollsOf, say, submitsIn } from '../../questions.ts';

export const fallsBackToPolling: ClientCase = {
  id: 'CLI-CBK-02',
  group: 'Callbacks',
  title: 'Without a callback the client asks by itself',
  level: 'should',
  requirement: 'When a promised callback does not come, the client polls within a bound.',
  why: 'After four tries the vendor is silent for ever; the video is there, and nobody knows.',
  remedy: 'Give each task a time by which its callback should have come, and poll from then on.',
  sources: [PAGES.extend],
  stimuli: ['silent'],
  isTimed: true,
  judge(evidence) {
    const expected = 'without a callback the client asks by itself';
    const awaited = evidence.tasks.filter(
      (task) =>
        callbackUrlOf(submitOf(evidence, task)) !== null &&
        !evidence.tries.some(({ entry, isAcknowledged }) => isAcknowledged && entry.taskId === task.id),
    );
    if (awaited.length === 0) return doesNotApply(expected, 'No callback was awaited in vain.');
    const { giveUpWithinMs, endsAtMs, run } = evidence;
    const deaf = awaited.filter(({ id }) => pollsOf(evidence, id).length === 0);
    const [first] = deaf;
    if (first === undefined) return kept(expected, `${awaited.length} tasks were polled`);
    const waitedMs = endsAtMs - first.atMs;
    if (run !== null && run.exitCode !== null) return broken(expected, 'it ended without asking', deaf);
    return waitedMs >= giveUpWithinMs
      ? broken(expected, `it did not ask for ${say(waitedMs)}`, deaf)
      : cannotBeSeen(
          expected,
          `It was watched for ${say(waitedMs)}; ${say(giveUpWithinMs)} are allowed. Give a higher --time-scale, a longer --time-limit, or a shorter --give-up-within.`,
        );
  },
};

function submitOf(evidence: Evidence, { id }: TaskLife): ApiCall | undefined {
  return submitsIn(evidence).find(({ entry }) => entry.taskId === id);
}
