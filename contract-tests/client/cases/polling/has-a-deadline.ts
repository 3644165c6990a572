import type { ClientCase } from '../../client-case.ts';
import { pollsIn } from '../../evidence-queries.ts';
import { stopsWithinLimit } from '../../stops-within-limit.ts';

export const hasADeadline: ClientCase = {
  id: 'CLI-POL-13',
  group: 'Polling',
  title: 'The client stops polling a task that never finishes',
  level: 'should',
  requirement: 'The client SHOULD have a deadline for each task, and stop polling when it has passed.',
  why: 'Vendors lose tasks, and jobs that wait forever accumulate.',
  remedy: 'Set a deadline of some minutes for each job, and report an error when it has passed.',
  basis: [{ derived: 'No vendor guarantees that every task finishes.' }],
  stimuli: ['endless'],
  judge(evidence) {
    return stopsWithinLimit(evidence, pollsIn(evidence), []);
  },
};
