import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { pollsOf, say } from '../../questions.ts';

export const doesNotPollMeanwhile: ClientCase = {
  id: 'CLI-CBK-01',
  group: 'Callbacks',
  title: 'A client that is called back does not poll meanwhile',
  level: 'should',
  requirement:
    'Where a callback is awaited, polls before it are as slow as the page asks, or do not come at all.',
  why: 'Callbacks and polls together cost both, and bring nothing sooner.',
  remedy: 'Poll when the callback is overdue, not from the start.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a client that is called back does not poll meanwhile';
    const { pollEveryMs } = evidence.pack.clients;
    const told = evidence.tasks.flatMap((task) => {
      const done = evidence.tries.find(
        ({ entry, isAcknowledged }) => isAcknowledged && entry.taskId === task.id,
      );
      return done === undefined ? [] : [{ task, done }];
    });
    if (told.length === 0) return doesNotApply(expected, 'No callback was acknowledged.');
    const hasty = told.flatMap(({ task, done }) => {
      const calls = pollsOf(evidence, task.id).filter(({ seq }) => seq < done.seq);
      return calls.filter(
        ({ atMs }, index) => atMs - (calls[index - 1]?.atMs ?? task.atMs) < 0.9 * (pollEveryMs ?? 0),
      );
    });
    return hasty.length === 0
      ? kept(expected, 'no hasty poll before the callback')
      : broken(
          expected,
          `${hasty.length} polls came sooner than ${say(pollEveryMs ?? 0)} after what was before`,
          hasty,
        );
  },
};
