import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../evidence-queries.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterSuccess: ClientCase = {
  id: 'CLI-POL-04',
  group: 'Polling',
  title: 'The client stops polling after a task succeeds',
  level: 'must',
  requirement: 'After a poll that shows that a task has succeeded, the client MUST NOT poll it again.',
  why: 'Each task adds another loop that never ends.',
  remedy: 'Leave the loop when the task has finished.',
  basis: ['states', { derived: 'A final state does not change.' }],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    return stopsAfter(evidence, evidence.tasks.filter(succeeds));
  },
};
