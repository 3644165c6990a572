import type { CaseReport } from '../report.ts';
import { findIn, needsAnotherRun, reportCase, type StimulusRuns } from './case-report.ts';
import type { ClientCase } from './client-case.ts';
import { type ClientSettings, replayLine } from './client-options.ts';
import type { Evidence } from './evidence.ts';
import { pollsIn } from './evidence-queries.ts';
import type { StimulusRun } from './run-stimulus.ts';
import { QUICK, STIMULI, type Stimulus, type StimulusName } from './stimuli.ts';

/** The runs of one stimulus, or the reason why it was skipped. */
type RunsOrReason = { readonly runs: Evidence[]; durationMs: number; readonly inParallel: boolean } | string;

/** Runs the client once with a stimulus. */
export type RunOnce = () => Promise<StimulusRun>;

/** The runs of one client by stimulus, and the reports on the cases that they decide. */
export interface RunLedger {
  /** Stimuli that at least one case needs, in order. */
  readonly wanted: readonly Stimulus[];
  readonly reports: readonly CaseReport[];
  readonly runs: readonly Evidence[];
  has(name: StimulusName): boolean;
  hasPolls(name: StimulusName): boolean;
  /** Reports a run as an activity. @param manner how it differs from the first run, such as " again" */
  announce(stimulus: Stimulus, manner?: string): void;
  add(name: StimulusName, result: StimulusRun, inParallel: boolean): void;
  /** Runs the stimulus, and repeats it while another run could turn a failure into a pass. */
  run(stimulus: Stimulus, runOnce: RunOnce, inParallel: boolean): Promise<void>;
  /** Whether the client made no calls while another instance was running. */
  failedToStart(name: StimulusName): boolean;
  /** Whether two instances of the client may have interfered, for example by a shared port, lock or file. */
  mayHaveCollided(name: StimulusName): boolean;
  /** Reports the cases whose stimuli have all been run. */
  reportReady(isFinal: (name: StimulusName) => boolean): void;
}

/** Creates an empty ledger for the cases. */
export function createRunLedger(settings: ClientSettings, cases: readonly ClientCase[]): RunLedger {
  const { options } = settings;
  const ledger = new Map<StimulusName, RunsOrReason>();
  const reports = new Map<string, CaseReport>();
  const stimuliOf = ({ stimuli }: ClientCase): StimulusName[] =>
    stimuli.filter((name) => options.quick !== true || QUICK.has(name));
  const casesOf = (name: StimulusName): ClientCase[] => cases.filter((one) => stimuliOf(one).includes(name));

  function announce({ name, does }: Stimulus, manner = ''): void {
    const own = casesOf(name);
    for (const { id } of own) if (!reports.has(id)) options.onStarted?.(id);
    const [only, ...others] = own;
    options.onActivity?.({
      id: only !== undefined && others.length === 0 ? only.id : null,
      doing: `running the client${manner}: ${does}`,
      atMostMs: settings.limitMs,
    });
  }

  function add(name: StimulusName, result: StimulusRun, inParallel: boolean): void {
    const before = ledger.get(name);
    if (typeof result === 'string') {
      if (before === undefined) ledger.set(name, result);
    } else if (before === undefined || typeof before === 'string' || isIdle(before)) {
      ledger.set(name, { runs: [result.evidence], durationMs: result.run.durationMs, inParallel });
    } else {
      before.runs.push(result.evidence);
      before.durationMs += result.run.durationMs;
    }
  }

  async function run(stimulus: Stimulus, runOnce: RunOnce, inParallel: boolean): Promise<void> {
    if (!ledger.has(stimulus.name)) {
      announce(stimulus);
      add(stimulus.name, await runOnce(), inParallel);
    }
    while (isDoubtful(stimulus.name)) {
      announce(stimulus, ' again');
      const again = await runOnce();
      if (typeof again === 'string') return;
      add(stimulus.name, again, inParallel);
    }
  }

  /** Whether a failure may be due to a stalled machine and must be seen again. */
  function isDoubtful(name: StimulusName): boolean {
    const one = ledger.get(name);
    return typeof one === 'object' && casesOf(name).some((each) => needsAnotherRun(each, one.runs));
  }

  function mayHaveCollided(name: StimulusName): boolean {
    const one = ledger.get(name);
    if (typeof one !== 'object' || !one.inParallel) return false;
    if (isIdle(one)) return true;
    const hasFailure = casesOf(name).some((each) => findIn(each, one.runs).verdict.status === 'failed');
    const [first] = one.runs;
    // A client that polled until it was stopped did not suffer from another instance.
    return hasFailure && (first?.run?.exitCode !== null || usesOwnReceiver(first));
  }

  function judge(one: ClientCase): CaseReport {
    const parts = stimuliOf(one).map((name) =>
      runsOf(name, ledger.get(name) ?? 'The client was not run for this case.'),
    );
    return reportCase(one, parts, replayLine(one.id, settings));
  }

  return {
    wanted: STIMULI.filter(({ name }) => casesOf(name).length > 0),
    get reports() {
      return cases.flatMap(({ id }) => reports.get(id) ?? []);
    },
    get runs() {
      return [...ledger.values()].flatMap((one) => (typeof one === 'string' ? [] : one.runs));
    },
    has: (name) => ledger.has(name),
    hasPolls(name) {
      const one = ledger.get(name);
      return typeof one === 'object' && one.runs.some((evidence) => pollsIn(evidence).length > 0);
    },
    announce,
    add,
    run,
    failedToStart(name) {
      const one = ledger.get(name);
      // A client that is given a prompt that is too long may rightly not call.
      return typeof one === 'object' && one.inParallel && isIdle(one) && name !== 'long-prompt';
    },
    mayHaveCollided,
    reportReady(isFinal) {
      const ready = cases.filter(
        (one) => !reports.has(one.id) && stimuliOf(one).every((name) => ledger.has(name) && isFinal(name)),
      );
      for (const one of ready) {
        const report = judge(one);
        reports.set(one.id, report);
        options.onFinished?.(report);
      }
    },
  };
}

/** Whether the client made no calls. */
function isIdle(one: Exclude<RunsOrReason, string>): boolean {
  return one.runs.every(({ calls }) => calls.length === 0);
}

function usesOwnReceiver(evidence: Evidence | undefined): boolean {
  return evidence?.attempts.some(({ entry }) => !entry.url.includes('/__sink')) === true;
}

function runsOf(name: StimulusName, one: RunsOrReason): StimulusRuns {
  const stimulus = STIMULI.find((stimulus) => stimulus.name === name)?.does ?? '';
  return typeof one === 'string'
    ? { aspect: name, stimulus, runs: one, durationMs: 0 }
    : { aspect: name, stimulus, runs: one.runs, durationMs: one.durationMs };
}
