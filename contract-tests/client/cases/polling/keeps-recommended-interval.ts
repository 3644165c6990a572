import { formatDuration } from '../../../../mock-server/internal.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { durationText, median, pollsOf } from '../../evidence-queries.ts';
import { textWithFigure } from '../../pack-text.ts';

export const keepsRecommendedInterval: ClientCase = {
  id: 'CLI-POL-02',
  group: 'Polling',
  title: 'The client polls no more often than the vendor recommends',
  level: 'should',
  requirement:
    'The median interval between polls of a task SHOULD be at least 90% of the interval that the vendor recommends.',
  why: 'Videos take minutes, and polling every few seconds only uses up the rate limit.',
  remedy: textWithFigure(
    'the documented interval',
    ({ clients: { pollEveryMs } }) => (pollEveryMs === null ? null : formatDuration(pollEveryMs)),
    (interval) => `Poll at ${interval}, or use callbacks.`,
  ),
  basis: ['pollInterval', { derived: 'Polling more often than a task changes only uses up the rate limit.' }],
  stimuli: ['long-way'],
  isTimed: true,
  expected: ({ clients: { pollEveryMs } }) =>
    pollEveryMs === null
      ? 'the client polls no more often than the vendor recommends'
      : `polls are ${durationText(pollEveryMs)} apart, as the vendor recommends`,
  judge(evidence) {
    const { pollEveryMs } = evidence.pack.clients;
    if (pollEveryMs === null) return notApplicable('The vendor does not document a poll interval.');
    const gaps: number[] = [];
    const first: ApiCall[] = [];
    for (const { id } of evidence.tasks) {
      let before: ApiCall | undefined;
      for (const call of pollsOf(evidence, id)) {
        if (before !== undefined) gaps.push(call.atMs - before.atMs);
        if (before !== undefined && first.length < 5) first.push(call);
        before = call;
      }
    }
    if (gaps.length < 2) return notApplicable('The client polled fewer than three times.');
    const middle = median(gaps);
    const actual = `the median of ${gaps.length} intervals was ${durationText(middle)}`;
    return middle >= 0.9 * pollEveryMs ? passed(actual) : failed(actual, first);
  },
};
