import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { median, pollGaps, say } from '../../questions.ts';

export const pollsAtACalmPace: ClientCase = {
  id: 'CLI-POL-02',
  group: 'Polling',
  title: 'Polls are as far apart as the vendor asks',
  level: 'should',
  requirement:
    'The median wait between two polls of a task is at least nine tenths of what the vendor asks for.',
  why: 'Videos take minutes; polling every few seconds brings nothing but refusals.',
  remedy: 'Wait as long as the page asks between polls, or use callbacks.',
  sources: [PAGES.detail, PAGES.extend],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const { pollEveryMs } = evidence.pack.clients;
    const expected =
      pollEveryMs === null
        ? 'polls are as far apart as the vendor asks'
        : `polls are ${say(pollEveryMs)} apart, as the vendor asks`;
    if (pollEveryMs === null) return doesNotApply(expected, 'No page says how far apart polls should be.');
    const gaps = pollGaps(evidence);
    if (gaps.length < 2) return doesNotApply(expected, 'There were fewer than three polls.');
    const middle = median(gaps.map(({ gapMs }) => gapMs));
    const told = `${say(middle)} in the median of ${gaps.length} waits`;
    return middle >= 0.9 * pollEveryMs
      ? kept(expected, told)
      : broken(
          expected,
          told,
          gaps.slice(0, 5).map(({ call }) => call),
        );
  },
};
