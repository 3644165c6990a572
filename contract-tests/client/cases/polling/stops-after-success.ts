import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../questions.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterSuccess: ClientCase = {
  id: 'CLI-POL-04',
  group: 'Polling',
  title: 'After a success there is no more poll',
  level: 'must',
  requirement: 'Once a poll has shown that a task succeeded, it is not polled again.',
  why: 'Loops that do not end add up with every task.',
  remedy: 'Leave the loop when the state is an end.',
  sources: [PAGES.detail],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const expected = 'after a success there is no more poll';
    return stopsAfter(evidence, expected, evidence.tasks.filter(succeeds));
  },
};
