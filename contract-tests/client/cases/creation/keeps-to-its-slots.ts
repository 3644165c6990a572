import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';

export const keepsToItsSlots: ClientCase = {
  id: 'CLI-CRE-05',
  group: 'Creating tasks',
  title: 'No more tasks are open at once than the account has slots',
  level: 'should',
  requirement: 'A client with many jobs keeps no more of them open than its account may run.',
  why: 'Those over the limit fail, and look like bad content.',
  remedy: 'Submit through a queue with as many workers as the account has slots.',
  sources: [PAGES.extend],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'no more tasks are open at once than the account has slots';
    const { tasks, concurrency, endsAtMs } = evidence;
    if (concurrency === null) return doesNotApply(expected, 'Say how many slots there are: --concurrency N.');
    if (tasks.length <= concurrency)
      return doesNotApply(expected, `It submitted ${tasks.length} tasks, no more than there are slots.`);
    const most = Math.max(
      ...tasks.map(
        ({ atMs }) => tasks.filter((one) => one.atMs <= atMs && (one.endedAtMs ?? endsAtMs) > atMs).length,
      ),
    );
    return most <= concurrency
      ? kept(expected, `${most} at most, of ${tasks.length}`)
      : broken(expected, `${most} at once, where there are ${concurrency}`, tasks.slice(concurrency));
  },
};
