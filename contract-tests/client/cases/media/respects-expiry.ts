import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { isSurfaced, pollsOf, showsEnd } from '../../questions.ts';

/** A flag of the answer that says so, whatever the vendor calls it. */
const EXPIRED = /"\w*expire\w*"\s*:\s*(1|true)\b/i;

export const respectsExpiry: ClientCase = {
  id: 'CLI-MED-02',
  group: 'Media',
  title: 'Media that are marked as expired are not fetched, and that is told',
  level: 'must',
  requirement:
    'When a poll says that the media have expired, they are not fetched, and the caller learns of it.',
  why: 'The download fails with an error that nobody understands.',
  remedy: 'Look at the flag before downloading, and say that the video is gone.',
  sources: [PAGES.detail],
  stimuli: ['expired'],
  judge(evidence) {
    const expected = 'media that are marked as expired are not fetched, and that is told';
    const gone = evidence.tasks.filter((task) =>
      pollsOf(evidence, task.id).some((call) => showsEnd(call, task) && EXPIRED.test(call.entry.answer)),
    );
    if (gone.length === 0) return doesNotApply(expected, 'No poll said that media have expired.');
    const fetched = evidence.downloads.filter(({ entry }) => gone.some(({ id }) => id === entry.taskId));
    if (fetched.length > 0) return broken(expected, `${fetched.length} downloads were tried`, fetched);
    const { run } = evidence;
    if (run === null) return kept(expected, 'nothing was fetched');
    return isSurfaced(run, 'expire', 'Expire')
      ? kept(expected, 'nothing was fetched, and the command said so')
      : broken(expected, 'nothing was fetched, and the command ended as if all were well', gone);
  },
};
