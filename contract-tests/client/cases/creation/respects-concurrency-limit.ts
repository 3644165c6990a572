import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import type { TaskLife } from '../../evidence.ts';
import { count } from '../../wording.ts';

export const respectsConcurrencyLimit: ClientCase = {
  id: 'CLI-CRE-05',
  group: 'Creating tasks',
  title: 'The client stays within the concurrency limit of the account',
  level: 'should',
  requirement: 'The client SHOULD NOT run more tasks at once than its account allows.',
  why: 'Tasks over the limit fail, and the failures look like content problems.',
  remedy: 'Submit jobs through a queue with as many workers as the account allows concurrent tasks.',
  basis: ['concurrency', { derived: 'An account can run a limited number of tasks at once.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const { tasks, concurrency, endsAtMs, nameOption } = evidence;
    if (concurrency === null)
      return notApplicable(
        `The concurrency limit is not known. Set it with ${nameOption('concurrency', 'N')}.`,
      );
    if (tasks.length <= concurrency)
      return notApplicable(
        `The client submitted ${count(tasks, 'task')}, which cannot exceed the limit of ${concurrency}.`,
      );
    const most = mostAtOnce(tasks, endsAtMs);
    return most <= concurrency
      ? passed(`at most ${most} of ${count(tasks, 'task')} ran at once`)
      : failed(`${most} tasks ran at once; the limit is ${concurrency}`, tasks.slice(concurrency));
  },
};

/** Returns the highest number of concurrent tasks, by one sweep over sorted starts and ends. */
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
