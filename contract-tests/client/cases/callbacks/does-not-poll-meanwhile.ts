import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { firstAcknowledged, pollsOf, say } from '../../questions.ts';

export const doesNotPollMeanwhile: ClientCase = {
  id: 'CLI-CBK-01',
  group: 'Callbacks',
  title: 'A client that waits for a callback polls rarely or not at all',
  level: 'should',
  requirement: 'While a callback is expected, polls are as far apart as the vendor asks, or there are none.',
  why: 'Polling in addition to callbacks costs calls and brings the result no sooner.',
  remedy: 'Poll when the callback is overdue, not from the start.',
  basis: ['retries'],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const expected = 'a client that waits for a callback polls rarely or not at all';
    const { pollEveryMs } = evidence.pack.clients;
    const told = evidence.tasks.flatMap((task) => {
      const done = firstAcknowledged(evidence, task);
      return done === undefined ? [] : [{ task, done }];
    });
    if (told.length === 0) return doesNotApply(expected, 'No callback was acknowledged.');
    if (pollEveryMs === null) return doesNotApply(expected, 'No page says how far apart polls should be.');
    const hasty = told.flatMap(({ task, done }) => {
      const calls = pollsOf(evidence, task.id).filter(({ seq }) => seq < done.seq);
      return calls.filter(
        ({ atMs }, index) => atMs - (calls[index - 1]?.atMs ?? task.atMs) < 0.9 * pollEveryMs,
      );
    });
    return hasty.length === 0
      ? kept(expected, 'no early poll before the callback')
      : broken(
          expected,
          `${hasty.length} polls came less than ${say(pollEveryMs)} after the submission or the previous poll`,
          hasty,
        );
  },
};
