import { broken, type ClientCase, cannotBeSeen, doesNotApply, kept } from '../../client-case.ts';

/** Runs are made in a zone that is no server’s, 14 hours from UTC, so that a guess can be seen. */
const RUN_ZONE_OFFSET_MS = 14 * 3_600_000;

export const readsTimesWithoutZone: ClientCase = {
  id: 'CLI-POL-15',
  group: 'Polling',
  title: 'A time without a zone is not read as local time',
  level: 'info',
  requirement: 'A time like "2023-08-15 14:30:45" has no zone; reading it as the machine’s own is a guess.',
  why: 'Times are wrong by hours, and by different hours on each machine.',
  remedy: 'Keep it as text, or decide on a zone and document it.',
  basis: ['pollInterval'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'a time without a zone is not read as local time';
    const { run } = evidence;
    const shown = evidence.calls.find(({ zonelessTime }) => zonelessTime !== null);
    const [, day, time] = shown?.zonelessTime ?? [];
    if (shown === undefined) return doesNotApply(expected, 'No answer contained such a time.');
    if (run === null)
      return cannotBeSeen(
        expected,
        'A journal does not show what the client prints: "verify client" runs it.',
      );
    const asUtc = Date.parse(`${day}T${time}Z`);
    const printed = [...run.output.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/g)].map(
      ([text]) => Date.parse(text),
    );
    const off = printed.find((at) => at !== asUtc && Math.abs(at - asUtc) === RUN_ZONE_OFFSET_MS);
    if (off !== undefined)
      return broken(expected, `"${day} ${time}" was printed as ${new Date(off).toISOString()}`);
    return printed.includes(asUtc) || run.output.includes(`${day} ${time}`)
      ? kept(expected, `"${day} ${time}" was printed unchanged, or as UTC`)
      : cannotBeSeen(expected, 'The client does not print it.');
  },
};
