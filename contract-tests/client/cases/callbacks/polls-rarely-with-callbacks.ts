import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { durationText, firstAcknowledged, pollsOf } from '../../evidence-queries.ts';
import { count } from '../../wording.ts';

export const pollsRarelyWithCallbacks: ClientCase = {
  id: 'CLI-CBK-01',
  group: 'Callbacks',
  title: 'A client that uses callbacks polls no more often than the vendor recommends',
  level: 'should',
  requirement:
    'While it waits for a callback, the client SHOULD NOT poll more often than the vendor recommends.',
  why: 'Polling in addition to callbacks uses up the rate limit and rarely delivers the result sooner.',
  remedy: 'Start polling only when the callback is overdue.',
  basis: ['pollInterval', { derived: 'A callback delivers the result without polls.' }],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const { pollEveryMs } = evidence.pack.clients;
    const acknowledged = evidence.tasks.flatMap((task) => {
      const done = firstAcknowledged(evidence, task);
      return done === undefined ? [] : [{ task, done }];
    });
    if (acknowledged.length === 0) return notApplicable('No callback was acknowledged.');
    if (pollEveryMs === null) return notApplicable('The vendor does not document a poll interval.');
    const early = acknowledged.flatMap(({ task, done }) => {
      const calls = pollsOf(evidence, task.id).filter(({ seq }) => seq < done.seq);
      return calls.filter(
        ({ atMs }, index) => atMs - (calls[index - 1]?.atMs ?? task.atMs) < 0.9 * pollEveryMs,
      );
    });
    return early.length === 0
      ? passed('no poll before the callback was too early')
      : failed(
          `${count(early, 'poll')} followed the submission or the previous poll in less than ${durationText(pollEveryMs)}`,
          early,
        );
  },
};
