import { formatDuration } from '../../../../mock-server/internal.ts';
import { leastOf } from '../../cached.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { durationText, gapsBetween, rejectedFor } from '../../evidence-queries.ts';
import { jobsIn } from '../../job.ts';
import { textWithCode, textWithFigure } from '../../pack-text.ts';
import { stillOpen } from '../../still-open.ts';
import { count } from '../../wording.ts';

export const pausesDuringMaintenance: ClientCase = {
  id: 'CLI-CRE-10',
  group: 'Creating tasks',
  title: 'The client pauses during maintenance',
  level: 'should',
  requirement: textWithCode(
    'an error that announces maintenance',
    'maintenance',
    (error) => `After ${error}, the client SHOULD pause before it retries.`,
  ),
  why: 'Maintenance takes minutes, and a tight retry loop adds load to the restart.',
  remedy: textWithFigure(
    'the expected pause',
    ({ clients }) => formatDuration(clients.pauseForMaintenanceMs),
    (pause) => `Stop all submissions, not only the rejected job, for at least ${pause}.`,
  ),
  basis: ['maintenance', 'errorCodes'],
  stimuli: ['maintenance'],
  isTimed: true,
  expected: ({ clients }) =>
    `the client waits at least ${durationText(clients.pauseForMaintenanceMs)} before it retries`,
  judge(evidence) {
    const { pauseForMaintenanceMs } = evidence.pack.clients;
    const rejected = rejectedFor(evidence, 'maintenance');
    if (rejected.length === 0) return notApplicable('No submission was rejected because of maintenance.');
    const least = 0.9 * pauseForMaintenanceMs;
    const early = jobsIn(rejected)
      .flatMap(gapsBetween)
      .filter(({ gapMs }) => gapMs < least);
    const shortest = leastOf(early.map(({ gapMs }) => gapMs));
    if (early.length > 0)
      return failed(
        `the client retried after ${durationText(shortest)}`,
        early.map(({ call }) => call),
      );
    const last = rejected.at(-1)?.atMs ?? 0;
    // A run that was observed for at least the pause has shown that the client waits.
    return evidence.run === null || evidence.endsAtMs - last >= least || evidence.run.exitCode !== null
      ? passed(`the client paused after ${count(rejected, 'rejection')}`)
      : (stillOpen(evidence, last) ?? passed(`the client paused after ${count(rejected, 'rejection')}`));
  },
};
