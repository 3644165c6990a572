import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { goesOnAfter } from '../../goes-on-after.ts';

export const waitsForVisibility: ClientCase = {
  id: 'CLI-POL-10',
  group: 'Polling',
  title: 'The client polls again when a new task is not yet visible',
  level: 'must',
  requirement: 'When a new task is unknown, the client MUST wait a few seconds and poll again.',
  why: 'The client reports that a task does not exist while it is running.',
  remedy: 'Treat "unknown" as "not yet visible" for the first 30 seconds, and poll again after a few seconds.',
  sources: [PAGES.feed],
  stimuli: ['not-visible'],
  judge(evidence) {
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const isInvisible = ({ entry, askedId }: ApiCall): boolean =>
      entry.taskId === null && issued.has(askedId ?? '');
    const finding = goesOnAfter(evidence, isInvisible);
    // The requirement is a SHOULD for vendors that do not document a delay.
    const isDocumented = [...evidence.pack.kinds.values()].some(({ visibleAfterMs }) => visibleAfterMs > 0);
    return isDocumented ? finding : { ...finding, verdict: { ...finding.verdict, level: 'should' } };
  },
};
