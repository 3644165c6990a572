import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import type { TaskLife } from '../../evidence.ts';

export const keepsToItsSlots: ClientCase = {
  id: 'CLI-CRE-05',
  group: 'Creating tasks',
  title: 'The client keeps no more tasks running than the account has slots',
  level: 'should',
  requirement: 'A client with many jobs has no more of them running than its account allows.',
  why: 'Tasks over the limit fail, and look like bad content.',
  remedy: 'Submit through a queue with as many workers as the account has slots.',
  basis: ['errorCodes'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'the client keeps no more tasks running than the account has slots';
    const { tasks, concurrency, endsAtMs } = evidence;
    if (concurrency === null) return doesNotApply(expected, 'Set the number of slots with --concurrency N.');
    if (tasks.length <= concurrency)
      return doesNotApply(expected, `It submitted ${tasks.length} tasks, no more than there are slots.`);
    const most = mostAtOnce(tasks, endsAtMs);
    return most <= concurrency
      ? kept(expected, `${most} at most, of ${tasks.length}`)
      : broken(expected, `${most} at once, with ${concurrency} slots`, tasks.slice(concurrency));
  },
};

/** Visits the starts in order, and beside them the ends: no task is compared with every other. */
function mostAtOnce(tasks: readonly TaskLife[], endsAtMs: number): number {
  const starts = Float64Array.from(tasks, ({ atMs }) => atMs).sort();
  const ends = Float64Array.from(tasks, ({ endedAtMs }) => endedAtMs ?? endsAtMs).sort();
  let most = 0;
  let begun = 0;
  let ended = 0;
  for (const atMs of starts) {
    while ((starts[begun] ?? Number.POSITIVE_INFINITY) <= atMs) begun += 1;
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= atMs) ended += 1;
    most = Math.max(most, begun - ended);
  }
  return most;
}
