import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { isSurfaced, pollsOf, showsEnd } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const respectsExpiry: ClientCase = {
  id: 'CLI-MED-02',
  group: 'Media',
  title: 'Media that are marked as expired are not downloaded, and the caller learns of it',
  level: 'must',
  requirement:
    'When a poll says that the media have expired, they are not downloaded, and the caller learns of it.',
  why: 'The download fails with an error that explains nothing.',
  remedy: 'Check the flag before downloading, and report that the video has expired.',
  basis: ['mediaLifetime'],
  stimuli: ['expired'],
  judge(evidence) {
    const expected = 'media that are marked as expired are not downloaded, and the caller learns of it';
    const shown = evidence.tasks.flatMap((task) => {
      const call = pollsOf(evidence, task.id).find((poll) => showsEnd(poll, task) && poll.saysExpired);
      return call === undefined ? [] : [{ task, call }];
    });
    const [first] = shown;
    if (first === undefined) return doesNotApply(expected, 'No poll said that media have expired.');
    const expired = new Set<string | null>(shown.map(({ task }) => task.id));
    const fetched = evidence.downloads.filter(({ entry }) => expired.has(entry.taskId));
    if (fetched.length > 0) return broken(expected, `${fetched.length} downloads were attempted`, fetched);
    const { run } = evidence;
    if (run === null)
      return cannotBeSeen(
        expected,
        'A journal does not show what the client reports to its caller: "verify client" runs it.',
      );
    if (isSurfaced(run, 'expire', 'expiry', 'expiration'))
      return kept(expected, 'nothing was downloaded, and the command said so');
    const open = stillOpen(evidence, expected, first.call.atMs);
    const culprits = shown.map(({ call }) => call);
    return open ?? broken(expected, 'nothing was downloaded, and the command did not say why', culprits);
  },
};
