import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { knewEndAtMs } from '../../questions.ts';

export const keepsNoHotLinks: ClientCase = {
  id: 'CLI-MED-03',
  group: 'Media',
  title: 'Old media URLs are not used any more',
  level: 'should',
  requirement:
    'What the client shows or processes later comes from its own storage, not from the vendor’s URLs.',
  why: 'On day 15 every page with such a link is broken.',
  remedy: 'Store the file, and your own URL of it; never the vendor’s.',
  sources: [PAGES.extend],
  stimuli: ['day-15'],
  judge(evidence) {
    const expected = 'old media URLs are not used any more';
    const gone = evidence.tasks.filter(
      (task) =>
        task.expiredSeq !== null &&
        task.plan.scenario.media !== 'expired' &&
        knewEndAtMs(evidence, task) !== null,
    );
    if (gone.length === 0) return doesNotApply(expected, 'No media of a task that the client knew expired.');
    const hot = evidence.downloads.filter(({ seq, entry }) =>
      gone.some(({ id, expiredSeq }) => id === entry.taskId && seq > (expiredSeq ?? seq)),
    );
    return hot.length === 0
      ? kept(expected, 'no download after they had expired')
      : broken(expected, `${hot.length} downloads after they had expired`, hot);
  },
};
