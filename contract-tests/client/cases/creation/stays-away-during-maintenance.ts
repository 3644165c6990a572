import { PAGES } from '../../../pages.ts';
import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { gapsBetween, jobOf, refusedFor, say, triesOf } from '../../questions.ts';

export const staysAwayDuringMaintenance: ClientCase = {
  id: 'CLI-CRE-10',
  group: 'Creating tasks',
  title: 'During maintenance the client stays away',
  level: 'should',
  requirement: 'After code 455 the next try comes after 30 seconds at the earliest.',
  why: 'Maintenance takes minutes; a tight loop adds its load to the restart.',
  remedy: 'Pause all submissions for a while, not the one job alone.',
  sources: [PAGES.detail],
  stimuli: ['maintenance'],
  isTimed: true,
  judge(evidence) {
    const expected = 'during maintenance the client stays away';
    const refused = refusedFor(evidence, 'maintenance');
    if (refused.length === 0) return doesNotApply(expected, 'No submission met maintenance.');
    const least = 0.9 * evidence.pack.clients.pauseForMaintenanceMs;
    const jobs = new Map(refused.map((call) => [jobOf(call), triesOf(call, refused)]));
    const soon = [...jobs.values()].flatMap(gapsBetween).filter(({ gapMs }) => gapMs < least);
    const shortest = Math.min(...soon.map(({ gapMs }) => gapMs));
    return soon.length === 0
      ? kept(expected, `${refused.length} tries`)
      : broken(
          expected,
          `again after ${say(shortest)}`,
          soon.map(({ call }) => call),
        );
  },
};
