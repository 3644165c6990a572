import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../questions.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterSuccess: ClientCase = {
  id: 'CLI-POL-04',
  group: 'Polling',
  title: 'A task that succeeded is not polled again',
  level: 'must',
  requirement: 'Once a poll has shown that a task succeeded, it is not polled again.',
  why: 'Loops that never end add up with every task.',
  remedy: 'Leave the loop when the task has ended.',
  basis: ['pollInterval'],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const expected = 'a task that succeeded is not polled again';
    return stopsAfter(evidence, expected, evidence.tasks.filter(succeeds));
  },
};
