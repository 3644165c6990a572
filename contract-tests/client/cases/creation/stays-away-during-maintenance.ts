import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobsIn } from '../../job.ts';
import { leastOf } from '../../once-per.ts';
import { gapsBetween, refusedFor, say } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';
import { count } from '../../wording.ts';

export const staysAwayDuringMaintenance: ClientCase = {
  id: 'CLI-CRE-10',
  group: 'Creating tasks',
  title: 'The client pauses during maintenance',
  level: 'should',
  requirement:
    'After an error that announces maintenance, the client SHOULD wait for the documented time before it retries.',
  why: 'Maintenance takes minutes, and a tight retry loop adds load to the restart.',
  remedy: 'Pause all submissions, not only the rejected job.',
  sources: [PAGES.detail],
  stimuli: ['maintenance'],
  isTimed: true,
  expected: ({ clients }) => `the client waits at least ${say(clients.pauseForMaintenanceMs)} before it retries`,
  judge(evidence) {
    const { pauseForMaintenanceMs } = evidence.pack.clients;
    const rejected = refusedFor(evidence, 'maintenance');
    if (rejected.length === 0) return doesNotApply('No submission was rejected because of maintenance.');
    const least = 0.9 * pauseForMaintenanceMs;
    const early = jobsIn(rejected)
      .flatMap(gapsBetween)
      .filter(({ gapMs }) => gapMs < least);
    const shortest = leastOf(early.map(({ gapMs }) => gapMs));
    if (early.length > 0)
      return broken(
        `the client retried after ${say(shortest)}`,
        early.map(({ call }) => call),
      );
    const last = rejected.at(-1)?.atMs ?? 0;
    // A run that was observed for at least the pause has shown that the client waits.
    return evidence.run === null || evidence.endsAtMs - last >= least || evidence.run.exitCode !== null
      ? kept(`${count(rejected, 'attempt')} kept the pause`)
      : (stillOpen(evidence, last) ?? kept(`${count(rejected, 'attempt')} kept the pause`));
  },
};
