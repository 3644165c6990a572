import type { CaseReport } from '../report.ts';
import { findIn, needsAnotherRun, reportCase, type StimulusRuns } from './case-report.ts';
import type { ClientCase } from './client-case.ts';
import type { ClientSettings } from './client-settings.ts';
import type { Evidence } from './evidence.ts';
import { replayLine } from './replay-line.ts';
import { isIdle, type RunLedger } from './run-ledger.ts';
import type { StimulusRun } from './run-stimulus.ts';
import { QUICK, STIMULI, type Stimulus, type StimulusName } from './stimuli.ts';

/** Runs the client once with a stimulus. */
export type RunOnce = () => Promise<StimulusRun>;

/** The cases of one client, the runs that they need, and their reports. */
export interface TrialCases {
  /** Stimuli that at least one case needs, in order. */
  readonly wanted: readonly Stimulus[];
  readonly reports: readonly CaseReport[];
  /** Reports a run as an activity. @param manner how it differs from the first run, such as " again" */
  announce(stimulus: Stimulus, manner?: string): void;
  /** Runs the stimulus, and repeats it while another run could turn a failure into a pass. */
  run(stimulus: Stimulus, runOnce: RunOnce, inParallel: boolean): Promise<void>;
  /** Whether two instances of the client may have interfered, for example by a shared port, lock or file. */
  mayHaveCollided(name: StimulusName): boolean;
  /** Reports the cases whose stimuli have all been run. */
  reportReady(isFinal: (name: StimulusName) => boolean): void;
}

/** Creates the cases of a trial, whose runs are recorded in the ledger. */
export function createTrialCases(settings: ClientSettings, ledger: RunLedger): TrialCases {
  const { cases } = settings;
  const reports = new Map<string, CaseReport>();
  const stimuliOf = ({ stimuli }: ClientCase): StimulusName[] =>
    stimuli.filter((name) => !settings.isQuick || QUICK.has(name));
  const casesOf = (name: StimulusName): ClientCase[] => cases.filter((one) => stimuliOf(one).includes(name));

  function announce({ name, does }: Stimulus, manner = ''): void {
    const own = casesOf(name);
    for (const { id } of own) if (!reports.has(id)) settings.onStarted(id);
    const [only, ...others] = own;
    settings.onActivity({
      id: only !== undefined && others.length === 0 ? only.id : null,
      doing: `running the client${manner}: ${does}`,
      atMostMs: settings.limitMs,
    });
  }

  async function run(stimulus: Stimulus, runOnce: RunOnce, inParallel: boolean): Promise<void> {
    const { name } = stimulus;
    if (!ledger.has(name)) {
      announce(stimulus);
      ledger.add(name, await runOnce(), inParallel);
    }
    // A failure may be due to a stalled machine and must be seen again.
    while (isDoubtful(casesOf(name), name, ledger)) {
      announce(stimulus, ' again');
      const again = await runOnce();
      if (typeof again === 'string') return;
      ledger.add(name, again, inParallel);
    }
  }

  return {
    wanted: STIMULI.filter(({ name }) => casesOf(name).length > 0),
    get reports() {
      return cases.flatMap(({ id }) => reports.get(id) ?? []);
    },
    announce,
    run,
    mayHaveCollided: (name) => mayHaveCollided(casesOf(name), name, ledger),
    reportReady(isFinal) {
      const isReady = (name: StimulusName): boolean => ledger.has(name) && isFinal(name);
      for (const one of cases) {
        if (reports.has(one.id) || !stimuliOf(one).every(isReady)) continue;
        const parts = stimuliOf(one).map((name) => runsOf(name, ledger));
        const report = reportCase(one, parts, replayLine(one.id, settings.seed, settings.flags));
        reports.set(one.id, report);
        settings.onFinished(report);
      }
    },
  };
}

function isDoubtful(cases: readonly ClientCase[], name: StimulusName, ledger: RunLedger): boolean {
  const one = ledger.of(name);
  return typeof one === 'object' && cases.some((each) => needsAnotherRun(each, one.runs));
}

function mayHaveCollided(cases: readonly ClientCase[], name: StimulusName, ledger: RunLedger): boolean {
  const one = ledger.of(name);
  if (typeof one !== 'object' || !one.inParallel) return false;
  if (isIdle(one)) return true;
  const hasFailure = cases.some((each) => findIn(each, one.runs).verdict.status === 'failed');
  const [first] = one.runs;
  // A client that polled until it was stopped did not suffer from another instance.
  return hasFailure && (first?.run?.exitCode !== null || usesOwnReceiver(first));
}

function usesOwnReceiver(evidence: Evidence | undefined): boolean {
  return evidence?.attempts.some(({ entry }) => !entry.url.includes('/__sink')) === true;
}

function runsOf(name: StimulusName, ledger: RunLedger): StimulusRuns {
  const one = ledger.of(name) ?? 'The client was not run for this case.';
  const stimulus = STIMULI.find((stimulus) => stimulus.name === name)?.does ?? '';
  return typeof one === 'string'
    ? { aspect: name, stimulus, runs: one, durationMs: 0 }
    : { aspect: name, stimulus, runs: one.runs, durationMs: one.durationMs };
}
