import { type JournalEntry, type Pack, VERSION } from '../../mock-server/index.ts';
import { type CaseReport, type SuiteReport, summarise } from '../report.ts';
import { studyInSteps } from './call-facts.ts';
import { type Hearing, reportCase } from './case-report.ts';
import { CLIENT_CASES } from './cases.ts';
import type { Measures } from './evidence.ts';
import { createGathering } from './gathering.ts';

export interface JournalJudgement extends Partial<Omit<Measures, 'time'>> {
  /** Whether time is that of a clock which is moved by hand; wall time by default. */
  readonly time?: Measures['time'];
}

const NOTHING_TO_GO_BY = 'Nothing in the journal so far.';

/**
 * Judges clients by the journal of a mock that runs: an app driven by hand, or a test suite. A case whose precondition
 * the journal lacks is not applicable.
 */
export function judgeJournal(
  entries: Iterable<JournalEntry>,
  packs: readonly Pack[],
  options: JournalJudgement = {},
): SuiteReport {
  const steps = judgeJournalInSteps(entries, packs, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/**
 * The same in steps of at most a few milliseconds, for a process that has other work to do in between. A mock whose
 * `judge` returns these steps stays responsive however long its journal is.
 */
export function* judgeJournalInSteps(
  entries: Iterable<JournalEntry>,
  packs: readonly Pack[],
  options: JournalJudgement = {},
): Generator<undefined, SuiteReport, undefined> {
  const measures: Measures = {
    timeScale: 1,
    time: 'wall',
    giveUpWithinMs: 15 * 60_000,
    downloadWithinMs: null,
    concurrency: null,
    ...options,
  };
  const gathering = createGathering(packs, measures, false);
  const span = createSpan();
  for (const entry of entries) {
    gathering.add(entry);
    span.add(entry);
    yield;
  }
  const used = packs.filter(gathering.isUsed);
  const all = used.map((pack) => gathering.evidenceOn(pack, null));
  for (const evidence of all) yield* studyInSteps(evidence);
  const hearings = all.map(
    (evidence): Hearing => ({
      aspect: evidence.pack.name,
      stimulus: 'whatever was asked for while the mock ran',
      runs: [evidence],
      durationMs: 0,
    }),
  );
  const heard =
    hearings.length > 0
      ? hearings
      : [{ aspect: 'behaviour', stimulus: '', runs: NOTHING_TO_GO_BY, durationMs: 0 }];
  const cases: CaseReport[] = [];
  for (const one of CLIENT_CASES) {
    cases.push(reportCase(one, heard, 'GET /__admin/verdicts'));
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
    summary: summarise(cases),
    notes: [],
    headlines: [],
    inconclusive: used.length > 0 ? null : span.strayCalls(),
  };
}

/** How many calls a report names. */
const MOST_NAMED = 5;

/** What a report says of a journal as a whole. */
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
    /** Calls that no vendor can be found for prove nothing, and are not silence either. */
    strayCalls(): string | null {
      if (names.size === 0) return null;
      const more = names.size > MOST_NAMED ? ` and ${names.size - MOST_NAMED} more` : '';
      return `No vendor has what was called: ${[...names].slice(0, MOST_NAMED).join(', ')}${more}.`;
    },
  };
}
