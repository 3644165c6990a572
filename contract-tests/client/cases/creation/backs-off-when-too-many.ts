import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { ApiCall } from '../../evidence.ts';
import { gapsBetween, jobOf, refusedFor, say, submitsIn } from '../../questions.ts';

export const backsOffWhenTooMany: ClientCase = {
  id: 'CLI-CRE-09',
  group: 'Creating tasks',
  title: 'Refused as too many, the client waits longer each time',
  level: 'must',
  requirement:
    'After code 429 the waits between tries grow, and a Retry-After header is honoured where there is one.',
  why: 'A client that tries again at a steady pace keeps itself over the limit.',
  remedy: 'Back off exponentially, with some chance in it, and wait at least as long as Retry-After says.',
  sources: [PAGES.detail],
  stimuli: ['too-many'],
  isTimed: true,
  judge(evidence) {
    const expected = 'refused as too many, the client waits longer each time';
    const refused = refusedFor(evidence, 'rateLimited');
    if (refused.length === 0) return doesNotApply(expected, 'No submission was refused as too many.');
    const submits = submitsIn(evidence);
    const tries = submits.slice(submits.indexOf(refused[0] as ApiCall));
    const gaps = gapsBetween(tries).filter(({ call }) => jobOf(call) === jobOf(tries[0] as ApiCall));
    const hasty = gaps.filter(
      ({ gapMs }, index) => gapMs < 1000 * Number(tries[index]?.entry.retryAfter ?? 0),
    );
    if (hasty.length > 0)
      return broken(
        expected,
        'it came before Retry-After was over',
        hasty.map(({ call }) => call),
      );
    const [first, second] = gaps;
    if (first === undefined || second === undefined)
      return doesNotApply(expected, 'It did not try twice more.');
    const waits = `first ${say(first.gapMs)}, then ${say(second.gapMs)}`;
    return second.gapMs > first.gapMs && first.gapMs >= evidence.pack.clients.pollNeverWithinMs
      ? kept(expected, waits)
      : broken(expected, waits, [second.call]);
  },
};
