import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { median, pollsOf, say } from '../../questions.ts';

export const pollsAtACalmPace: ClientCase = {
  id: 'CLI-POL-02',
  group: 'Polling',
  title: 'Polls are as far apart as the vendor asks',
  level: 'should',
  requirement:
    'The median wait between two polls of a task is at least nine tenths of what the vendor asks for.',
  why: 'Videos take minutes; polling every few seconds brings nothing but refusals.',
  remedy: 'Wait as long as the page asks between polls, or use callbacks.',
  basis: ['pollInterval'],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const { pollEveryMs } = evidence.pack.clients;
    const expected =
      pollEveryMs === null
        ? 'polls are as far apart as the vendor asks'
        : `polls are ${say(pollEveryMs)} apart, as the vendor asks`;
    if (pollEveryMs === null) return doesNotApply(expected, 'No page says how far apart polls should be.');
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
    if (gaps.length < 2) return doesNotApply(expected, 'There were fewer than three polls.');
    const middle = median(gaps);
    const told = `${say(middle)} in the median of ${gaps.length} waits`;
    return middle >= 0.9 * pollEveryMs ? kept(expected, told) : broken(expected, told, first);
  },
};
