import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const hasADeadline: ClientCase = {
  id: 'CLI-POL-13',
  group: 'Polling',
  title: 'The client stops waiting for a task that never ends',
  level: 'should',
  requirement: 'The client has a deadline of its own for each task, and stops polling when it is reached.',
  why: 'Vendors lose tasks; jobs that wait for them forever pile up.',
  remedy: 'Give each job a deadline in minutes, and report it when it has passed.',
  basis: ['pollInterval'],
  stimuli: ['endless'],
  judge(evidence) {
    const expected = 'the client stops waiting for a task that never ends';
    return endsSomehow(evidence, expected, pollsIn(evidence), []);
  },
};
