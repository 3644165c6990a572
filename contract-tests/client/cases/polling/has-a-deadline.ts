import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const hasADeadline: ClientCase = {
  id: 'CLI-POL-13',
  group: 'Polling',
  title: 'The client stops polling a task that never finishes',
  level: 'should',
  requirement: 'The client SHOULD have a deadline for each task, and stop polling when it has passed.',
  why: 'Vendors lose tasks, and jobs that wait forever accumulate.',
  remedy: 'Set a deadline of some minutes for each job, and report an error when it has passed.',
  sources: [PAGES.derived],
  stimuli: ['endless'],
  judge(evidence) {
    return endsSomehow(evidence, pollsIn(evidence), []);
  },
};
