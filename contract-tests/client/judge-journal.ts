import { type JournalEntry, type Pack, VERSION } from '../../mock-server/index.ts';
import { type SuiteReport, summarise } from '../report.ts';
import { type Hearing, reportCase } from './case-report.ts';
import { CLIENT_CASES } from './cases.ts';
import { gatherEvidence, type Measures } from './evidence.ts';

export interface JournalJudgement extends Partial<Omit<Measures, 'time'>> {
  /** Whether time is that of a clock which is moved by hand; wall time unless told otherwise. */
  readonly time?: Measures['time'];
}

const NOTHING_TO_GO_BY = 'Nothing in the journal so far.';

/**
 * Judges clients by the journal of a mock that runs: an app driven by hand, or a test-suite. What a rule needs and the
 * journal does not have makes it not applicable.
 */
export function judgeJournal(
  entries: readonly JournalEntry[],
  packs: readonly Pack[],
  options: JournalJudgement = {},
): SuiteReport {
  const startedAt = entries[0]?.wallAt ?? new Date().toISOString();
  const used = packs.filter(({ name }) =>
    entries.some(
      (entry) => entry.type === 'request.answered' && entry.route !== 'preflight' && entry.pack === name,
    ),
  );
  const measures: Measures = {
    timeScale: 1,
    time: 'wall',
    giveUpWithinMs: 15 * 60_000,
    downloadWithinMs: null,
    concurrency: null,
    ...options,
  };
  const hearings = used.map(
    (pack): Hearing => ({
      aspect: pack.name,
      stimulus: 'whatever was asked for while the mock ran',
      runs: [gatherEvidence({ entries, pack, run: null, ...measures })],
      durationMs: 0,
    }),
  );
  const heard =
    hearings.length > 0
      ? hearings
      : [{ aspect: 'behaviour', stimulus: '', runs: NOTHING_TO_GO_BY, durationMs: 0 }];
  const cases = CLIENT_CASES.map((one) => reportCase(one, heard, 'GET /__admin/verdicts'));
  const last = entries.at(-1)?.wallAt ?? startedAt;
  return {
    suite: 'client',
    version: VERSION,
    target: 'the journal so far',
    pack: used.map(({ name }) => name).join(', '),
    profile: used.map(({ profile }) => profile).join(', '),
    event: null,
    seed: '',
    startedAt,
    durationMs: Math.max(0, Date.parse(last) - Date.parse(startedAt)),
    channels: { api: true, output: false, media: true, callbacks: true },
    settings: {
      time: measures.time === 'wall' ? `wall time, ${measures.timeScale}x` : 'the clock of the mock',
    },
    cases,
    summary: summarise(cases),
    notes: [],
    headlines: [],
    inconclusive: used.length > 0 ? null : nobodysCalls(entries),
  };
}

/** How many calls a report names. */
const MOST_NAMED = 5;

/** Calls that no vendor can be found for prove nothing, and are not silence either. */
function nobodysCalls(entries: readonly JournalEntry[]): string | null {
  const calls = entries.filter((entry) => entry.type === 'request.answered');
  const names = new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`));
  if (names.size === 0) return null;
  const more = names.size > MOST_NAMED ? ` and ${names.size - MOST_NAMED} more` : '';
  return `No vendor has what was called: ${[...names].slice(0, MOST_NAMED).join(', ')}${more}.`;
}
