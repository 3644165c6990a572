import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { endsSomehow } from '../../ends-somehow.ts';
import { pollsIn } from '../../questions.ts';

export const hasADeadline: ClientCase = {
  id: 'CLI-POL-13',
  group: 'Polling',
  title: 'A task that never ends is given up at a deadline',
  level: 'should',
  requirement:
    'The client has a deadline of its own for each task, and ends or hands over when it is reached.',
  why: 'Tasks get lost at vendors, too; jobs that wait for them pile up.',
  remedy: 'Give each job a deadline in minutes, and say so when it has passed.',
  sources: [PAGES.derived],
  stimuli: ['endless'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a task that never ends is given up at a deadline';
    return endsSomehow(evidence, expected, pollsIn(evidence), []);
  },
};
