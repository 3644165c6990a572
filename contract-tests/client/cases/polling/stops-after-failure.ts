import { PAGES } from '../../../pages.ts';
import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../questions.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterFailure: ClientCase = {
  id: 'CLI-POL-05',
  group: 'Polling',
  title: 'After a failure there is no more poll',
  level: 'must',
  requirement: 'Once a poll has shown that a task failed, it is not polled again.',
  why: 'A failed task never becomes anything else; the loop never ends.',
  remedy: 'Treat a failure as an end, too.',
  sources: [PAGES.detail],
  stimuli: ['failed'],
  judge(evidence) {
    const expected = 'after a failure there is no more poll';
    return stopsAfter(
      evidence,
      expected,
      evidence.tasks.filter((task) => !succeeds(task)),
    );
  },
};
