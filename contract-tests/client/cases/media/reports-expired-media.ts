import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import { isReported, pollsOf, showsEnd } from '../../evidence-queries.ts';
import { stillOpen } from '../../still-open.ts';
import { times } from '../../wording.ts';

export const reportsExpiredMedia: ClientCase = {
  id: 'CLI-MED-02',
  group: 'Media',
  title: 'Expired media is not downloaded, and the client reports it',
  level: 'must',
  requirement:
    'When a poll shows that the media has expired, the client MUST report this to the caller and not download the media.',
  why: 'The download fails with an unrelated error, and the user does not learn that the video has expired.',
  remedy: 'Check for expiry before downloading, and report that the video has expired.',
  basis: ['mediaLifetime'],
  stimuli: ['expired'],
  judge(evidence) {
    const shown = evidence.tasks.flatMap((task) => {
      const call = pollsOf(evidence, task.id).find((poll) => showsEnd(poll, task) && poll.saysExpired);
      return call === undefined ? [] : [{ task, call }];
    });
    const [first] = shown;
    if (first === undefined) return notApplicable('No poll showed expired media.');
    const expired = new Set<string | null>(shown.map(({ task }) => task.id));
    const attempted = evidence.downloads.filter(({ entry }) => expired.has(entry.taskId));
    if (attempted.length > 0)
      return failed(`the client requested expired media ${times(attempted.length)}`, attempted);
    const { run } = evidence;
    if (run === null)
      return notObservable(
        'A journal does not show what the client reports to its caller. Use "verify client" instead.',
      );
    if (isReported(run, 'expire', 'expiry', 'expiration'))
      return passed('the media was not downloaded, and the client reported that it has expired');
    const open = stillOpen(evidence, first.call.atMs);
    const violations = shown.map(({ call }) => call);
    return open ?? failed('the media was not downloaded, but the client did not report why', violations);
  },
};
