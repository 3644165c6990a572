import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';
import { firstAcknowledged, sawEnd } from '../../evidence-queries.ts';
import { filesOf } from '../../media-coverage.ts';
import { count } from '../../wording.ts';

export const completesOnce: ClientCase = {
  id: 'CLI-CBK-03',
  group: 'Callbacks',
  title: 'A task is completed once when a callback and a poll report the result at the same time',
  level: 'must',
  requirement:
    'When a callback and a poll report the same result at the same time, the client MUST process the task once.',
  why: 'The same video is downloaded, billed and announced twice.',
  remedy: 'Handle both in one function that processes each task id once.',
  basis: [{ derived: 'A callback and a poll report the same result independently of each other.' }],
  stimuli: ['same-instant'],
  judge(evidence) {
    const both = evidence.tasks.filter(
      (task) => sawEnd(evidence, task) !== undefined && firstAcknowledged(evidence, task) !== undefined,
    );
    if (both.length === 0)
      return notApplicable('No task had both a poll that showed its end and an acknowledged callback.');
    const files = filesOf(
      evidence.downloads,
      both.map(({ id }) => id),
    );
    const again = files.filter((file) => file.again.length > 0);
    if (again.length > 0) {
      const violations = again.flatMap((file) => file.again);
      return failed(`the client downloaded ${again.length} of ${count(files, 'file')} again`, violations);
    }
    return files.some(({ completedBy }) => completedBy !== null)
      ? passed(`the client downloaded ${count(files, 'file')} once`)
      : notObservable('No file was downloaded completely. Let the client download the media.');
  },
};
