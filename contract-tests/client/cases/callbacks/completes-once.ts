import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { sawEnd } from '../../questions.ts';

export const completesOnce: ClientCase = {
  id: 'CLI-CBK-03',
  group: 'Callbacks',
  title: 'A callback and a poll in the same instant complete the task once',
  level: 'must',
  requirement:
    'When the callback comes while a poll brings the same news, the work of the task is done once.',
  why: 'Two downloads, two bookings, two mails for one video.',
  remedy: 'Let both ways go through one door that takes each task id once.',
  sources: [PAGES.extend],
  stimuli: ['same-instant'],
  judge(evidence) {
    const expected = 'a callback and a poll in the same instant complete the task once';
    const both = evidence.tasks.filter(
      (task) =>
        sawEnd(evidence, task) !== undefined &&
        evidence.tries.some(({ entry, isAcknowledged }) => isAcknowledged && entry.taskId === task.id),
    );
    if (both.length === 0)
      return doesNotApply(expected, 'No task was both polled to its end and called back.');
    const own = evidence.downloads.filter(
      ({ entry }) => entry.whole && both.some(({ id }) => id === entry.taskId),
    );
    if (own.length === 0)
      return cannotBeSeen(expected, 'Nothing was downloaded: let the client fetch the media.');
    const seen = new Set<string>();
    const again = own.filter(({ entry }) => {
      const file = `${entry.taskId} ${entry.name}`;
      const isKnown = seen.has(file);
      seen.add(file);
      return isKnown;
    });
    return again.length === 0
      ? kept(expected, `each of ${seen.size} files was fetched once`)
      : broken(expected, `${again.length} files were fetched again`, again);
  },
};
