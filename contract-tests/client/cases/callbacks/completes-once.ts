import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';
import { filesOf } from '../../media-coverage.ts';
import { firstAcknowledged, sawEnd } from '../../questions.ts';

export const completesOnce: ClientCase = {
  id: 'CLI-CBK-03',
  group: 'Callbacks',
  title: 'A callback and a poll at the same moment complete the task once',
  level: 'must',
  requirement:
    'When the callback arrives while a poll brings the same result, the work of the task is done once.',
  why: 'One video is downloaded twice, charged twice and announced twice.',
  remedy: 'Send both paths through one function that accepts each task id once.',
  basis: ['retries'],
  stimuli: ['same-instant'],
  judge(evidence) {
    const expected = 'a callback and a poll at the same moment complete the task once';
    const both = evidence.tasks.filter(
      (task) => sawEnd(evidence, task) !== undefined && firstAcknowledged(evidence, task) !== undefined,
    );
    if (both.length === 0)
      return doesNotApply(expected, 'No task was both polled to its end and called back.');
    const files = filesOf(
      evidence.downloads,
      both.map(({ id }) => id),
    );
    const again = files.filter((file) => file.again.length > 0);
    if (again.length > 0) {
      const culprits = again.flatMap((file) => file.again);
      return broken(expected, `${again.length} of ${files.length} files were fetched again`, culprits);
    }
    return files.some(({ completedBy }) => completedBy !== null)
      ? kept(expected, `each of ${files.length} files was fetched once`)
      : cannotBeSeen(expected, 'No file was downloaded completely: let the client fetch the media.');
  },
};
