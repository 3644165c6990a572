import type { Pack } from '../../mock-server/index.ts';
import type { CaseReport } from '../report.ts';
import { asksForCallbacks } from './callback-url.ts';
import type { ClientCase } from './client-case.ts';
import type { ClientSettings } from './client-options.ts';
import type { Evidence } from './evidence.ts';
import { submitsIn } from './evidence-queries.ts';
import { createRunLedger, type RunLedger, type RunOnce } from './run-ledger.ts';
import { runPlain, runStimulus } from './run-stimulus.ts';
import { PLAIN, SILENT, type Stimulus, type StimulusName } from './stimuli.ts';

/** All runs of one client, and the reports on its cases. */
export interface Trial {
  readonly pack: Pack;
  readonly usesCallbacks: boolean;
  /** All runs including repetitions; the first is the one without faults. */
  readonly runs: readonly Evidence[];
  readonly reports: readonly CaseReport[];
  /** Whether runs could not be parallel, because a second instance of the client did not start. */
  readonly runsAlone: boolean;
}

/** Runs the client without faults to learn which vendor it calls and how, then with every useful stimulus, and judges the runs. */
export async function runTrial(settings: ClientSettings, cases: readonly ClientCase[]): Promise<Trial> {
  const ledger = createRunLedger(settings, cases);
  ledger.announce(PLAIN);
  const plain = await runPlain(settings);
  ledger.add('plain', plain, false);
  const { pack } = plain.evidence;
  const usesCallbacks = submitsIn(plain.evidence).some((call) => asksForCallbacks(plain.evidence, call));
  const player =
    (polls: boolean) =>
    (stimulus: Stimulus): RunOnce =>
    () =>
      runStimulus(stimulus, settings, { pack, usesCallbacks, polls });
  await ledger.run(PLAIN, player(true)(PLAIN), false);
  // A client with callbacks may poll only when the callback does not arrive.
  const needsSilence = ledger.wanted.some(({ name, needs }) => name === 'silent' || needs === 'polls');
  if (usesCallbacks && needsSilence) await ledger.run(SILENT, player(true)(SILENT), false);
  const polls = ledger.hasPolls('plain') || ledger.hasPolls('silent');
  const runsAlone = await runRest(ledger, settings.jobs, player(polls));
  const { runs, reports } = ledger;
  return { pack, usesCallbacks, runs, reports, runsAlone };
}

/** Runs the remaining stimuli in parallel. @returns whether two instances of the client interfered with each other */
async function runRest(
  ledger: RunLedger,
  jobs: number,
  playerOf: (stimulus: Stimulus) => RunOnce,
): Promise<boolean> {
  const rest = ledger.wanted.filter(({ name }) => !ledger.has(name));
  const inParallel = Math.min(jobs, rest.length) > 1;
  const queue = rest.values();
  let interferes = false;
  const worker = async (): Promise<void> => {
    while (!interferes) {
      const { value: stimulus } = queue.next();
      if (stimulus === undefined) return;
      await ledger.run(stimulus, playerOf(stimulus), inParallel);
      interferes ||= ledger.failedToStart(stimulus.name);
      ledger.reportReady((name) => !ledger.mayHaveCollided(name));
    }
  };
  ledger.reportReady(() => true);
  await Promise.all(Array.from({ length: jobs }, worker));
  await runAlone(ledger, playerOf);
  ledger.reportReady(() => true);
  return interferes;
}

/** Runs, one at a time, the stimuli that another instance may have disturbed and those that were not started. */
async function runAlone(ledger: RunLedger, playerOf: (stimulus: Stimulus) => RunOnce): Promise<void> {
  const settled = new Set<StimulusName>();
  for (const stimulus of ledger.wanted) {
    const { name } = stimulus;
    if (ledger.has(name) && !ledger.mayHaveCollided(name)) continue;
    if (ledger.has(name)) {
      ledger.announce(stimulus, ' alone');
      ledger.add(name, await playerOf(stimulus)(), false);
    }
    await ledger.run(stimulus, playerOf(stimulus), false);
    settled.add(name);
    ledger.reportReady((one) => settled.has(one) || !ledger.mayHaveCollided(one));
  }
}
