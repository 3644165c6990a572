import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { median, pollGaps, say } from '../../questions.ts';

export const pollsAtACalmPace: ClientCase = {
  id: 'CLI-POL-02',
  group: 'Polling',
  title: 'Polls are as far apart as the page asks',
  level: 'should',
  requirement:
    'The median wait between two polls of a task is what the page asks for, less a tenth: 30 seconds for Runway and Luma.',
  why: 'Videos take minutes; polling every few seconds brings nothing but 429.',
  remedy: 'Wait for the time of the page between polls, or let callbacks do the work.',
  sources: [PAGES.detail, PAGES.extend],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const expected = 'polls are as far apart as the page asks';
    const { pollEveryMs } = evidence.pack.clients;
    if (pollEveryMs === null) return doesNotApply(expected, 'No page says how often to poll.');
    const gaps = pollGaps(evidence);
    if (gaps.length < 2) return doesNotApply(expected, 'There were fewer than three polls.');
    const middle = median(gaps.map(({ gapMs }) => gapMs));
    const told = `${say(middle)} in the median of ${gaps.length} waits`;
    return middle >= 0.9 * pollEveryMs
      ? kept(expected, told)
      : broken(
          expected,
          `${told}, where ${say(pollEveryMs)} is asked for`,
          gaps.slice(0, 5).map(({ call }) => call),
        );
  },
};
