import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { firstAcknowledged, pollsOf, say } from '../../questions.ts';
import { count } from '../../wording.ts';

export const doesNotPollMeanwhile: ClientCase = {
  id: 'CLI-CBK-01',
  group: 'Callbacks',
  title: 'A client that uses callbacks polls no more often than the vendor recommends',
  level: 'should',
  requirement: 'While a callback is polls are as far apart as the vendor asks, or there are none.',
  why: 'Polling in addition to callbacks uses up the rate limit and rarely delivers the result sooner.',
  remedy: 'Start polling only when the callback is overdue.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const { pollEveryMs } = evidence.pack.clients;
    const acknowledged = evidence.tasks.flatMap((task) => {
      const done = firstAcknowledged(evidence, task);
      return done === undefined ? [] : [{ task, done }];
    });
    if (acknowledged.length === 0) return doesNotApply('No callback was acknowledged.');
    if (pollEveryMs === null) return doesNotApply('The vendor does not document a poll interval.');
    const early = acknowledged.flatMap(({ task, done }) => {
      const calls = pollsOf(evidence, task.id).filter(({ seq }) => seq < done.seq);
      return calls.filter(
        ({ atMs }, index) => atMs - (calls[index - 1]?.atMs ?? task.atMs) < 0.9 * pollEveryMs,
      );
    });
    return early.length === 0
      ? kept('there were no early polls before the callback')
      : broken(
          `${count(early, 'poll')} followed the submission or the previous poll in less than ${say(pollEveryMs)}`,
          early,
        );
  },
};
