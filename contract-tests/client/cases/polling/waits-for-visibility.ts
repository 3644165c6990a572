import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { goesOnAfter } from '../../goes-on-after.ts';
import { pollGaps, pollsOf, say } from '../../questions.ts';

export const waitsForVisibility: ClientCase = {
  id: 'CLI-POL-10',
  group: 'Polling',
  title: 'A task that is not known yet is asked for again',
  level: 'must',
  requirement: 'A new task may be unknown for a few seconds: the client waits a moment and polls again.',
  why: 'The task runs, and the client has reported that it does not exist.',
  remedy: 'Within the first half minute, take "unknown" for "not yet", and wait a few seconds.',
  sources: [PAGES.feed],
  stimuli: ['not-visible'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a task that is not known yet is asked for again';
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const unseen = ({ entry, askedId }: ApiCall): boolean =>
      entry.taskId === null && issued.has(askedId ?? '');
    const finding = goesOnAfter(evidence, expected, unseen);
    const unseenBefore = ({ seq, askedId }: ApiCall): boolean => {
      const before = pollsOf(evidence, askedId ?? '')
        .filter((call) => call.seq < seq)
        .at(-1);
      return before !== undefined && unseen(before);
    };
    const hasty = pollGaps(evidence).filter(
      ({ gapMs, call }) => gapMs < evidence.pack.clients.pollNeverWithinMs && unseenBefore(call),
    );
    const judged =
      finding.verdict.status === 'passed' && hasty[0] !== undefined
        ? broken(
            expected,
            `again after ${say(hasty[0].gapMs)}`,
            hasty.map(({ call }) => call),
          )
        : finding;
    // Where no page speaks of it, it is good sense and no more.
    const isDocumented = [...evidence.pack.kinds.values()].some(({ visibleAfterMs }) => visibleAfterMs > 0);
    return isDocumented ? judged : { ...judged, verdict: { ...judged.verdict, level: 'should' } };
  },
};
