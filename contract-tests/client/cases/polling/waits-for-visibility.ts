import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const waitsForVisibility: ClientCase = {
  id: 'CLI-POL-10',
  group: 'Polling',
  title: 'A task that is not known yet is polled again',
  level: 'must',
  requirement: 'A new task may be unknown for a few seconds: the client waits a moment and polls again.',
  why: 'The task runs, and the client has reported that it does not exist.',
  remedy: 'Within the first half minute, treat "unknown" as "not yet", and wait a few seconds.',
  basis: ['pollInterval'],
  stimuli: ['not-visible'],
  judge(evidence) {
    const expected = 'a task that is not known yet is polled again';
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const unseen = ({ entry, askedId }: ApiCall): boolean =>
      entry.taskId === null && issued.has(askedId ?? '');
    const finding = goesOnAfter(evidence, expected, unseen);
    // Where no page speaks of it, it is good sense and no more.
    const isDocumented = [...evidence.pack.kinds.values()].some(({ visibleAfterMs }) => visibleAfterMs > 0);
    return isDocumented ? finding : { ...finding, verdict: { ...finding.verdict, level: 'should' } };
  },
};
