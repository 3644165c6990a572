import type { ClientCase } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { textWithCode } from '../../pack-text.ts';
import { pollsAgainAfter } from '../../polls-again-after.ts';

export const pollsAgainUntilVisible: ClientCase = {
  id: 'CLI-POL-10',
  group: 'Polling',
  title: 'The client polls again when a new task is not yet visible',
  level: 'must',
  requirement: textWithCode(
    'the error for an unknown task',
    'unknownTask',
    (error) => `When a new task returns ${error}, the client MUST wait a few seconds and poll again.`,
  ),
  why: 'The client reports that a task does not exist while it is running.',
  remedy:
    'Treat an unknown task as not yet visible for its first minute, and poll again after a few seconds.',
  basis: ['visibility', { derived: 'A vendor can return the id of a task before the task is visible.' }],
  stimuli: ['not-visible'],
  judge(evidence) {
    const issued = new Set(evidence.tasks.map(({ id }) => id));
    const isInvisible = ({ entry, askedId }: ApiCall): boolean =>
      entry.taskId === null && issued.has(askedId ?? '');
    const finding = pollsAgainAfter(evidence, isInvisible);
    // The requirement is a SHOULD for vendors that do not document a delay.
    const isDocumented = [...evidence.pack.kinds.values()].some(({ visibleAfterMs }) => visibleAfterMs > 0);
    return isDocumented ? finding : { ...finding, verdict: { ...finding.verdict, level: 'should' } };
  },
};
