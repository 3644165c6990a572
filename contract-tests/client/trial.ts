import type { Pack } from '../../mock-server/index.ts';
import type { CaseReport } from '../report.ts';
import type { ClientSettings } from './client-settings.ts';
import type { Evidence } from './evidence.ts';
import { createRunLedger, type RunLedger } from './run-ledger.ts';
import { learnFrom, type Manner, runStimulus, UNKNOWN_MANNER } from './run-stimulus.ts';
import { PLAIN, SILENT, type Stimulus, type StimulusName } from './stimuli.ts';
import { createTrialCases, type RunOnce, type TrialCases } from './trial-cases.ts';

/** All runs of one client, and the reports on its cases. */
export interface Trial {
  /** Vendor that the client calls. */
  readonly pack: Pack | null;
  readonly usesCallbacks: boolean;
  /** All runs including repetitions; the first is the one without faults. */
  readonly runs: readonly Evidence[];
  readonly reports: readonly CaseReport[];
  /** Whether runs could not be parallel, because a second instance of the client did not start. */
  readonly runsAlone: boolean;
}

/** Runs the client without faults to learn which vendor it calls and how, then with every useful stimulus, and judges the runs. */
export async function runTrial(settings: ClientSettings): Promise<Trial> {
  const ledger = createRunLedger();
  const cases = createTrialCases(settings, ledger);
  let manner: Manner = UNKNOWN_MANNER;
  const runOf =
    (stimulus: Stimulus): RunOnce =>
    async () => {
      const result = await runStimulus(stimulus, settings, manner);
      manner = learnFrom(result, manner);
      return result;
    };
  await cases.run(PLAIN, runOf(PLAIN), false);
  // A client with callbacks may poll only when the callback does not arrive.
  const needsSilence = cases.wanted.some(({ name, needs }) => name === SILENT.name || needs === 'polls');
  if (manner.usesCallbacks && needsSilence) await cases.run(SILENT, runOf(SILENT), false);
  manner = { ...manner, polls: ledger.hasPolls(PLAIN.name) || ledger.hasPolls(SILENT.name) };
  const runsAlone = await runRest({ ledger, cases, runOf, jobs: settings.jobs });
  const { pack, usesCallbacks } = manner;
  return { pack, usesCallbacks, runs: ledger.runs, reports: cases.reports, runsAlone };
}

interface Rest {
  readonly ledger: RunLedger;
  readonly cases: TrialCases;
  readonly runOf: (stimulus: Stimulus) => RunOnce;
  readonly jobs: number;
}

/** Runs the remaining stimuli in parallel. @returns whether two instances of the client interfered with each other */
async function runRest(all: Rest): Promise<boolean> {
  const { ledger, cases, runOf, jobs } = all;
  const rest = cases.wanted.filter(({ name }) => !ledger.has(name));
  const inParallel = Math.min(jobs, rest.length) > 1;
  const queue = rest.values();
  let interferes = false;
  const worker = async (): Promise<void> => {
    while (!interferes) {
      const { value: stimulus } = queue.next();
      if (stimulus === undefined) return;
      await cases.run(stimulus, runOf(stimulus), inParallel);
      interferes ||= ledger.failedToStart(stimulus.name);
      cases.reportReady((name) => !cases.mayHaveCollided(name));
    }
  };
  cases.reportReady(() => true);
  await Promise.all(Array.from({ length: jobs }, worker));
  await runAlone(all);
  cases.reportReady(() => true);
  return interferes;
}

/** Runs, one at a time, the stimuli that another instance may have disturbed and those that were not started. */
async function runAlone({ ledger, cases, runOf }: Rest): Promise<void> {
  const settled = new Set<StimulusName>();
  for (const stimulus of cases.wanted) {
    const { name } = stimulus;
    if (ledger.has(name) && !cases.mayHaveCollided(name)) continue;
    if (ledger.has(name)) {
      cases.announce(stimulus, ' alone');
      ledger.add(name, await runOf(stimulus)(), false);
    }
    await cases.run(stimulus, runOf(stimulus), false);
    settled.add(name);
    cases.reportReady((one) => settled.has(one) || !cases.mayHaveCollided(one));
  }
}
