import type { ClientCase } from '../../client-case.ts';
import { succeeds } from '../../questions.ts';
import { stopsAfter } from '../../stops-after.ts';

export const stopsAfterFailure: ClientCase = {
  id: 'CLI-POL-05',
  group: 'Polling',
  title: 'A failed task is not polled again',
  level: 'must',
  requirement: 'Once a poll has shown that a task failed, it is not polled again.',
  why: 'A failed task never changes again; the loop never ends.',
  remedy: 'End the loop on failure as well as on success.',
  basis: ['pollInterval'],
  stimuli: ['failed'],
  judge(evidence) {
    const expected = 'a failed task is not polled again';
    return stopsAfter(
      evidence,
      expected,
      evidence.tasks.filter((task) => !succeeds(task)),
    );
  },
};
