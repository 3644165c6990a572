import type { Pack } from '../../mock-server/index.ts';
import type { CaseReport } from '../report.ts';
import { asksForCallbacks } from './callback-url.ts';
import { findIn, type Hearing, leavesDoubts, reportCase } from './case-report.ts';
import type { ClientCase } from './client-case.ts';
import { type ClientSettings, replayLine } from './client-options.ts';
import type { Evidence } from './evidence.ts';
import { type Played, playPlain, playStimulus } from './play-stimulus.ts';
import { pollsIn, submitsIn } from './questions.ts';
import { QUICK, STIMULI, type Stimulus, type StimulusName } from './stimuli.ts';

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

/** What was played of one stimulus, or why it was not. */
type Heard = { readonly runs: Evidence[]; durationMs: number; readonly inParallel: boolean } | string;

/** Plays the run that shows whom the client calls and how, then every other that is of use, and judges them all. */
export async function holdTrial(settings: ClientSettings, cases: readonly ClientCase[]): Promise<Trial> {
  const { options, jobs } = settings;
  const heard = new Map<StimulusName, Heard>();
  const reports = new Map<string, CaseReport>();
  const stimuliOf = ({ stimuli }: ClientCase): StimulusName[] =>
    stimuli.filter((name) => options.quick !== true || QUICK.has(name));
  const casesOf = (name: StimulusName): ClientCase[] => cases.filter((one) => stimuliOf(one).includes(name));
  const wanted = STIMULI.filter(({ name }) => casesOf(name).length > 0);

  function tell({ name, does }: Stimulus, manner = ''): void {
    const own = casesOf(name);
    for (const { id } of own) if (!reports.has(id)) options.onStarted?.(id);
    const [only, ...others] = own;
    options.onActivity?.({
      id: only !== undefined && others.length === 0 ? only.id : null,
      doing: `running the client${manner}: ${does}`,
      atMostMs: settings.limitMs,
    });
  }

  function keep(name: StimulusName, played: Played, inParallel: boolean): void {
    const before = heard.get(name);
    if (typeof played === 'string') {
      if (before === undefined) heard.set(name, played);
    } else if (before === undefined || typeof before === 'string' || isIdle(before)) {
      heard.set(name, { runs: [played.evidence], durationMs: played.run.durationMs, inParallel });
    } else {
      before.runs.push(played.evidence);
      before.durationMs += played.run.durationMs;
    }
  }

  /** A stall of the machine does not come twice: what may be its fault is played again. */
  async function hear(stimulus: Stimulus, play: () => Promise<Played>, inParallel: boolean): Promise<void> {
    if (!heard.has(stimulus.name)) {
      tell(stimulus);
      keep(stimulus.name, await play(), inParallel);
    }
    for (let one = heard.get(stimulus.name); isDoubtful(stimulus.name, one); one = heard.get(stimulus.name)) {
      tell(stimulus, ' once more');
      keep(stimulus.name, await play(), inParallel);
    }
  }

  function isDoubtful(name: StimulusName, one: Heard | undefined): boolean {
    return typeof one === 'object' && casesOf(name).some((known) => leavesDoubts(known, one.runs));
  }

  /** Two instances of a client can be in each other's way: a port, a lock, a file. */
  function mayHaveCollided(name: StimulusName): boolean {
    const one = heard.get(name);
    if (typeof one !== 'object' || !one.inParallel) return false;
    if (isIdle(one)) return true;
    const isBroken = casesOf(name).some((known) => findIn(known, one.runs).verdict.status === 'failed');
    const [run] = one.runs;
    // Whoever polled until it was ended was not kept from its work.
    return isBroken && (run?.run?.exitCode !== null || usesOwnReceiver(run));
  }

  function judgeReady(isFinal: (name: StimulusName) => boolean): void {
    for (const one of cases) {
      const names = stimuliOf(one);
      if (reports.has(one.id) || !names.every((name) => heard.has(name) && isFinal(name))) continue;
      const report = reportCase(
        one,
        names.map((name) => hearingOf(name, heard.get(name) ?? 'It was not played.')),
        replayLine(one.id, settings),
      );
      reports.set(one.id, report);
      options.onFinished?.(report);
    }
  }

  const [plainStimulus] = STIMULI;
  if (plainStimulus === undefined) throw new Error('there is no first stimulus');
  tell(plainStimulus);
  const plain = await playPlain(settings);
  const { pack } = plain.evidence;
  keep('plain', plain, false);
  const usesCallbacks = submitsIn(plain.evidence).some((call) => asksForCallbacks(plain.evidence, call));
  const playerOf =
    (stimulus: Stimulus, polls: boolean): (() => Promise<Played>) =>
    () =>
      playStimulus(stimulus, settings, { pack, usesCallbacks, polls });
  await hear(plainStimulus, playerOf(plainStimulus, true), false);

  // Whoever is called back polls when the callback does not come, if at all.
  const silent = STIMULI.find(({ name }) => name === 'silent');
  const needsSilence = wanted.some(({ name, needs }) => name === 'silent' || needs === 'polls');
  if (silent !== undefined && usesCallbacks && needsSilence) {
    await hear(silent, playerOf(silent, true), false);
  }
  const polls = ['plain' as const, 'silent' as const].some((name) => hasPolls(heard.get(name)));

  const rest = wanted.filter(({ name }) => !heard.has(name));
  const inParallel = Math.min(jobs, rest.length) > 1;
  const queue = rest.values();
  let isInTheWay = false;
  const worker = async (): Promise<void> => {
    while (!isInTheWay) {
      const { value: stimulus } = queue.next();
      if (stimulus === undefined) return;
      await hear(stimulus, playerOf(stimulus, polls), inParallel);
      isInTheWay ||= hasFailedToStart(heard.get(stimulus.name), stimulus);
      judgeReady((name) => !mayHaveCollided(name));
    }
  };
  judgeReady(() => true);
  await Promise.all(Array.from({ length: jobs }, worker));
  const settled = new Set<StimulusName>();
  for (const stimulus of wanted) {
    const isNew = !heard.has(stimulus.name);
    if (!isNew && !mayHaveCollided(stimulus.name)) continue;
    if (!isNew) tell(stimulus, ' alone');
    if (!isNew) keep(stimulus.name, await playerOf(stimulus, polls)(), false);
    await hear(stimulus, playerOf(stimulus, polls), false);
    settled.add(stimulus.name);
    judgeReady((name) => settled.has(name) || !mayHaveCollided(name));
  }
  judgeReady(() => true);
  return {
    pack,
    usesCallbacks,
    runs: [...heard.values()].flatMap((one) => (typeof one === 'string' ? [] : one.runs)),
    runsAlone: isInTheWay,
    reports: cases.flatMap(({ id }) => reports.get(id) ?? []),
  };
}

/** Whether the client called nothing, although it did in the first run. */
function isIdle(one: Exclude<Heard, string>): boolean {
  return one.runs.every(({ calls }) => calls.length === 0);
}

/** One that is asked for a prompt which is too long has reason not to call. */
function hasFailedToStart(one: Heard | undefined, { name }: Stimulus): boolean {
  return typeof one === 'object' && one.inParallel && isIdle(one) && name !== 'long-prompt';
}

function hasPolls(one: Heard | undefined): boolean {
  return typeof one === 'object' && one.runs.some((evidence) => pollsIn(evidence).length > 0);
}

function usesOwnReceiver(evidence: Evidence | undefined): boolean {
  return evidence?.tries.some(({ entry }) => !entry.url.includes('/__sink')) === true;
}

function hearingOf(name: StimulusName, one: Heard): Hearing {
  const stimulus = STIMULI.find((known) => known.name === name)?.does ?? '';
  return typeof one === 'string'
    ? { aspect: name, stimulus, runs: one, durationMs: 0 }
    : { aspect: name, stimulus, runs: one.runs, durationMs: one.durationMs };
}
