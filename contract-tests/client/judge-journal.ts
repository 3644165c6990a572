import { type JournalEntry, type Pack, VERSION } from '../../mock-server/index.ts';
import { type OptionNames, refuseUnknownOptions } from '../../mock-server/internal.ts';
import { asOption } from '../name-option.ts';
import { type CaseReport, type SuiteReport, summarize } from '../report.ts';
import { computeFactsInSteps } from './call-facts.ts';
import { reportCase, type StimulusRuns } from './case-report.ts';
import { CLIENT_CASES } from './cases.ts';
import { createCollector } from './collector.ts';
import type { Measures } from './evidence.ts';
import { count } from './wording.ts';

export interface JournalJudgeOptions extends Partial<Omit<Measures, 'time' | 'nameOption'>> {
  /** Clock by which waits are measured: that of the mock, or wall time (default: wall). */
  readonly time?: Measures['time'];
  /** The call or command that repeats the verdicts, for reports (default: `GET /__admin/verdicts`). */
  readonly replay?: string;
}

const JOURNAL_JUDGE_OPTIONS: OptionNames<JournalJudgeOptions> = {
  time: true,
  timeScale: true,
  giveUpWithinMs: true,
  downloadWithinMs: true,
  concurrency: true,
  replay: true,
};

const EMPTY_JOURNAL = 'The journal contains no API calls yet.';

/**
 * Judges clients by the journal of a running mock. A case whose precondition is missing from the journal is not
 * applicable.
 */
export function judgeJournal(
  entries: Iterable<JournalEntry>,
  packs: readonly Pack[],
  options: JournalJudgeOptions = {},
): SuiteReport {
  const steps = judgeJournalInSteps(entries, packs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/**
 * Judges clients like `judgeJournal`, in steps of at most a few milliseconds. A mock whose `judge` returns these steps
 * stays responsive even with a long journal.
 */
export function* judgeJournalInSteps(
  entries: Iterable<JournalEntry>,
  packs: readonly Pack[],
  options: JournalJudgeOptions = {},
): Generator<undefined, SuiteReport, undefined> {
  refuseUnknownOptions('judgeJournal()', options, JOURNAL_JUDGE_OPTIONS);
  const { replay = 'GET /__admin/verdicts', ...measured } = options;
  const measures: Measures = {
    timeScale: 1,
    time: 'wall',
    giveUpWithinMs: 15 * 60_000,
    downloadWithinMs: null,
    concurrency: null,
    nameOption: asOption,
    ...measured,
  };
  const collector = createCollector(packs, measures, false);
  const span = createSpan();
  for (const entry of entries) {
    collector.add(entry);
    span.add(entry);
    yield;
  }
  const used = packs.filter(collector.isUsed);
  const all = used.map((pack) => collector.evidenceOn(pack, null));
  for (const evidence of all) yield* computeFactsInSteps(evidence);
  const parts = all.map(
    (evidence): StimulusRuns => ({
      aspect: evidence.pack.name,
      stimulus: 'all calls to the mock so far',
      runs: [evidence],
      durationMs: 0,
    }),
  );
  const judged =
    parts.length > 0 ? parts : [{ aspect: 'behaviour', stimulus: '', runs: EMPTY_JOURNAL, durationMs: 0 }];
  const cases: CaseReport[] = [];
  for (const one of CLIENT_CASES) {
    cases.push(reportCase(one, judged, replay));
    yield;
  }
  return {
    suite: 'client',
    version: VERSION,
    target: 'the journal so far',
    pack: used.map(({ name }) => name).join(', '),
    profile: used.map(({ profile }) => profile).join(', '),
    event: null,
    seed: '',
    startedAt: span.startedAt,
    durationMs: span.durationMs,
    channels: { api: true, output: false, media: true, callbacks: true },
    settings: {
      time: measures.time === 'wall' ? `wall time, ${measures.timeScale}x` : 'the clock of the mock',
    },
    cases,
    summary: summarize(cases),
    notes: [],
    headlines: [],
    inconclusive: used.length > 0 ? null : span.unmatchedCalls(),
  };
}

/** Number of calls that a report lists. */
const MAX_NAMED = 5;

/** Collects what a report states about the journal as a whole. */
function createSpan() {
  const names = new Set<string>();
  let first: string | undefined;
  let last: string | undefined;
  return {
    add(entry: JournalEntry): void {
      first ??= entry.wallAt;
      last = entry.wallAt;
      if (entry.type === 'request.answered') names.add(`${entry.method} ${entry.url.split('?')[0]}`);
    },
    get startedAt() {
      return first ?? new Date().toISOString();
    },
    get durationMs() {
      return first === undefined || last === undefined
        ? 0
        : Math.max(0, Date.parse(last) - Date.parse(first));
    },
    /** Returns why the report is inconclusive: calls that match no vendor are not evidence, but they are not silence. */
    unmatchedCalls(): string | null {
      if (names.size === 0) return null;
      const more = names.size > MAX_NAMED ? ` and ${count(names.size - MAX_NAMED, 'other call')}` : '';
      return `The calls match no vendor: ${[...names].slice(0, MAX_NAMED).join(', ')}${more}.`;
    },
  };
}
