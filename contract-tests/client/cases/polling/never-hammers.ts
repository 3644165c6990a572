import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { pollGaps, say } from '../../questions.ts';

export const neverHammers: ClientCase = {
  id: 'CLI-POL-03',
  group: 'Polling',
  title: 'Polls are never less than a second apart',
  level: 'must',
  requirement: 'Two polls of one task are never less than a second apart.',
  why: 'A loop without a wait is an attack, and is answered as one.',
  remedy: 'Wait in every branch of the loop, also after an error.',
  sources: [PAGES.derived],
  stimuli: ['long-way'],
  isTimed: true,
  judge(evidence) {
    const expected = 'polls are never less than a second apart';
    const gaps = pollGaps(evidence);
    if (gaps.length === 0) return doesNotApply(expected, 'There were fewer than two polls.');
    const least = evidence.pack.clients.pollNeverWithinMs;
    const hasty = gaps.filter(({ gapMs }) => gapMs < least);
    const shortest = say(Math.min(...gaps.map(({ gapMs }) => gapMs)));
    return hasty.length === 0
      ? kept(expected, `${shortest} at least`)
      : broken(
          expected,
          `${hasty.length} of ${gaps.length} waits were shorter, the shortest ${shortest}`,
          hasty.map(({ call }) => call),
        );
  },
};
