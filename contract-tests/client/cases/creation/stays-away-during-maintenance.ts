import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { jobsIn } from '../../job.ts';
import { leastOf } from '../../once-per.ts';
import { gapsBetween, refusedFor, say } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const staysAwayDuringMaintenance: ClientCase = {
  id: 'CLI-CRE-10',
  group: 'Creating tasks',
  title: 'The client pauses during maintenance',
  level: 'should',
  requirement:
    'After an answer that announces maintenance, the next attempt comes no earlier than the vendor asks.',
  why: 'Maintenance takes minutes; a tight loop adds load to the restart.',
  remedy: 'Pause all submissions, not only the one job.',
  basis: ['errorCodes'],
  stimuli: ['maintenance'],
  isTimed: true,
  judge(evidence) {
    const { pauseForMaintenanceMs } = evidence.pack.clients;
    const expected = `the next attempt comes no earlier than ${say(pauseForMaintenanceMs)} after the refusal`;
    const refused = refusedFor(evidence, 'maintenance');
    if (refused.length === 0) return doesNotApply(expected, 'No submission met maintenance.');
    const least = 0.9 * pauseForMaintenanceMs;
    const soon = jobsIn(refused)
      .flatMap(gapsBetween)
      .filter(({ gapMs }) => gapMs < least);
    const shortest = leastOf(soon.map(({ gapMs }) => gapMs));
    if (soon.length > 0)
      return broken(
        expected,
        `it tried again after ${say(shortest)}`,
        soon.map(({ call }) => call),
      );
    const last = refused.at(-1)?.atMs ?? 0;
    // One that waits longer than it was watched has kept away.
    return evidence.run === null || evidence.endsAtMs - last >= least || evidence.run.exitCode !== null
      ? kept(expected, `${refused.length} attempts`)
      : (stillOpen(evidence, expected, last) ?? kept(expected, `${refused.length} attempts`));
  },
};
