import { type ClientCase, failed, notApplicable, notObservable, passed } from '../../client-case.ts';

/** Runs use a time zone 14 hours from UTC, which no server uses, so that reading a time as local is visible. */
const RUN_ZONE_OFFSET_MS = 14 * 3_600_000;

export const readsTimesWithoutZone: ClientCase = {
  id: 'CLI-POL-15',
  group: 'Polling',
  title: 'A time without a time zone is not read as local time',
  level: 'info',
  requirement: 'A time without an offset has no time zone, and the client should not read it as local time.',
  why: 'Times are wrong by hours, and differ between machines.',
  remedy: 'Keep it as a string, or choose a time zone and document it.',
  basis: [
    'timeZone',
    { derived: 'A time without an offset does not identify a moment (RFC 3339, section 4.4).' },
  ],
  stimuli: ['plain'],
  judge(evidence) {
    const { run } = evidence;
    const shown = evidence.calls.find(({ zonelessTime }) => zonelessTime !== null);
    const [, day, time] = shown?.zonelessTime ?? [];
    if (shown === undefined) return notApplicable('No response contained a time without a time zone.');
    if (run === null)
      return notObservable('A journal does not show what the client reports. Use "verify client" instead.');
    const asUtc = Date.parse(`${day}T${time}Z`);
    const printed = [...run.output.matchAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/g)].map(
      ([text]) => Date.parse(text),
    );
    const off = printed.find((at) => at !== asUtc && Math.abs(at - asUtc) === RUN_ZONE_OFFSET_MS);
    if (off !== undefined) return failed(`"${day} ${time}" was reported as ${new Date(off).toISOString()}`);
    return printed.includes(asUtc) || run.output.includes(`${day} ${time}`)
      ? passed(`"${day} ${time}" was reported unchanged, or as UTC`)
      : notObservable('The client did not report the time.');
  },
};
