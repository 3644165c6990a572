import type { Pack } from '../../mock-server/index.ts';
import type { CaseReport } from '../report.ts';
import { asksForCallbacks } from './callback-url.ts';
import type { ClientCase } from './client-case.ts';
import type { ClientSettings } from './client-options.ts';
import type { Evidence } from './evidence.ts';
import { createHearings, type Hearings, type Play } from './hearings.ts';
import { playPlain, playStimulus } from './play-stimulus.ts';
import { submitsIn } from './questions.ts';
import { PLAIN, SILENT, type Stimulus, type StimulusName } from './stimuli.ts';

/** All runs of one client, and what its cases make of them. */
export interface Trial {
  readonly pack: Pack;
  readonly usesCallbacks: boolean;
  /** Every run that was played, repetitions included; that without any trouble comes first. */
  readonly runs: readonly Evidence[];
  readonly reports: readonly CaseReport[];
  /** Whether it had to be run by itself, because it did not start beside another of its kind. */
  readonly runsAlone: boolean;
}

/** Plays the run that shows whom the client calls and how, then every other that is of use, and judges them all. */
export async function holdTrial(settings: ClientSettings, cases: readonly ClientCase[]): Promise<Trial> {
  const hearings = createHearings(settings, cases);
  hearings.announce(PLAIN);
  const plain = await playPlain(settings);
  hearings.keep('plain', plain, false);
  const { pack } = plain.evidence;
  const usesCallbacks = submitsIn(plain.evidence).some((call) => asksForCallbacks(plain.evidence, call));
  const player =
    (polls: boolean) =>
    (stimulus: Stimulus): Play =>
    () =>
      playStimulus(stimulus, settings, { pack, usesCallbacks, polls });
  await hearings.hear(PLAIN, player(true)(PLAIN), false);
  // Whoever is called back polls when the callback does not come, if at all.
  const needsSilence = hearings.wanted.some(({ name, needs }) => name === 'silent' || needs === 'polls');
  if (usesCallbacks && needsSilence) await hearings.hear(SILENT, player(true)(SILENT), false);
  const polls = hearings.hasPolls('plain') || hearings.hasPolls('silent');
  const runsAlone = await playRest(hearings, settings.jobs, player(polls));
  const { runs, reports } = hearings;
  return { pack, usesCallbacks, runs, reports, runsAlone };
}

/** Plays what is left, several at a time. @returns whether two of the client were in each other's way */
async function playRest(
  hearings: Hearings,
  jobs: number,
  playerOf: (stimulus: Stimulus) => Play,
): Promise<boolean> {
  const rest = hearings.wanted.filter(({ name }) => !hearings.has(name));
  const inParallel = Math.min(jobs, rest.length) > 1;
  const queue = rest.values();
  let isInTheWay = false;
  const worker = async (): Promise<void> => {
    while (!isInTheWay) {
      const { value: stimulus } = queue.next();
      if (stimulus === undefined) return;
      await hearings.hear(stimulus, playerOf(stimulus), inParallel);
      isInTheWay ||= hearings.failedToStart(stimulus.name);
      hearings.judgeReady((name) => !hearings.mayHaveCollided(name));
    }
  };
  hearings.judgeReady(() => true);
  await Promise.all(Array.from({ length: jobs }, worker));
  await playAlone(hearings, playerOf);
  hearings.judgeReady(() => true);
  return isInTheWay;
}

/** Plays by itself what others may have disturbed, and what was not begun because of that. */
async function playAlone(hearings: Hearings, playerOf: (stimulus: Stimulus) => Play): Promise<void> {
  const settled = new Set<StimulusName>();
  for (const stimulus of hearings.wanted) {
    const { name } = stimulus;
    if (hearings.has(name) && !hearings.mayHaveCollided(name)) continue;
    if (hearings.has(name)) {
      hearings.announce(stimulus, ' alone');
      hearings.keep(name, await playerOf(stimulus)(), false);
    }
    await hearings.hear(stimulus, playerOf(stimulus), false);
    settled.add(name);
    hearings.judgeReady((one) => settled.has(one) || !hearings.mayHaveCollided(one));
  }
}
