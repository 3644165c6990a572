import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { leastOf } from '../../once-per.ts';
import { knewEndAtMs, submitsIn } from '../../questions.ts';

export const keepsNoHotLinks: ClientCase = {
  id: 'CLI-MED-03',
  group: 'Media',
  title: 'Media URLs of the vendor are not used after they expired',
  level: 'should',
  requirement:
    'What the client shows or processes later comes from its own storage, not from the vendor’s URLs.',
  why: 'Once the URLs have expired, every page that uses them is broken.',
  remedy: 'Store the file and your own URL of it, never the vendor’s.',
  basis: ['mediaLifetime'],
  stimuli: ['day-15'],
  judge(evidence) {
    const expected = 'media URLs of the vendor are not used after they expired';
    const gone = evidence.tasks.filter(
      (task) =>
        task.expiredSeq !== null &&
        task.plan.scenario.media !== 'expired' &&
        knewEndAtMs(evidence, task) !== null,
    );
    if (gone.length === 0) return doesNotApply(expected, 'No media of a task that the client knew expired.');
    const goneSince = new Map(gone.toReversed().map(({ id, expiredSeq }) => [id, expiredSeq]));
    const hot = evidence.downloads.filter(
      ({ seq, entry }) => seq > (goneSince.get(entry.taskId ?? '') ?? seq),
    );
    if (hot.length > 0) return broken(expected, `${hot.length} downloads after they had expired`, hot);
    const expiredSeq = leastOf(gone.map((task) => task.expiredSeq ?? Number.POSITIVE_INFINITY));
    // A client that makes a new video has no use for the old one, so nothing can be seen of where it would get it.
    return submitsIn(evidence).some(({ seq }) => seq > expiredSeq)
      ? cannotBeSeen(
          expected,
          'When it ran again it made a new video. Let the command show the video it has: {dir} is the same folder in both runs.',
        )
      : kept(expected, 'no download after they had expired');
  },
};
