import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../evidence-queries.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterFailure: ClientCase = {
  id: 'CLI-POL-05',
  group: 'Polling',
  title: 'The client stops polling after a task fails',
  level: 'must',
  requirement: 'After a poll that shows that a task has failed, the client MUST NOT poll it again.',
  why: 'A failed task never changes, so the loop never ends.',
  remedy: 'End the loop on failure as well as on success.',
  basis: ['states', { derived: 'A final state does not change.' }],
  stimuli: ['failed'],
  judge(evidence) {
    return stopsAfter(
      evidence,
      evidence.tasks.filter((task) => !succeeds(task)),
    );
  },
};
