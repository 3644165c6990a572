import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { knewEndAtMs, say, succeeds } from '../../questions.ts';

export const fetchesMediaSoon: ClientCase = {
  id: 'CLI-MED-01',
  group: 'Media',
  title: 'Media are fetched as soon as they are there',
  level: 'should',
  requirement: 'After a success the client fetches the media soon, long before they expire.',
  why: 'URLs die: after 14 days at Runway, after an hour elsewhere. What was not fetched is lost.',
  remedy: 'Download to storage of your own when the task has succeeded, and pass on your own URL.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const expected = 'media are fetched as soon as they are there';
    const known = evidence.tasks.flatMap((task) => {
      const atMs = succeeds(task) ? knewEndAtMs(evidence, task) : null;
      return atMs === null ? [] : [{ task, atMs }];
    });
    if (known.length === 0) return doesNotApply(expected, 'The client learned of no success.');
    const limitMs = evidence.downloadWithinMs ?? evidence.pack.clients.downloadWithinMs;
    const waits = known.map(({ task, atMs }) => {
      const first = evidence.downloads.find(
        ({ entry }) => entry.taskId === task.id && entry.method === 'GET',
      );
      return { task, waitMs: first === undefined ? null : first.atMs - atMs };
    });
    const late = waits.filter(({ waitMs }) => waitMs === null || waitMs > limitMs);
    const longest = Math.max(...waits.map(({ waitMs }) => waitMs ?? 0));
    const never = late.some(({ waitMs }) => waitMs === null);
    return late.length === 0
      ? kept(expected, `after ${say(Math.max(0, longest))}`)
      : broken(
          expected,
          never ? 'nothing was fetched' : `after ${say(longest)}, where ${say(limitMs)} is allowed`,
          late.map(({ task }) => task),
        );
  },
};
