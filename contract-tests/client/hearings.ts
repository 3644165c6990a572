import type { CaseReport } from '../report.ts';
import { findIn, type Hearing, leavesDoubts, reportCase } from './case-report.ts';
import type { ClientCase } from './client-case.ts';
import { type ClientSettings, replayLine } from './client-options.ts';
import type { Evidence } from './evidence.ts';
import type { Played } from './play-stimulus.ts';
import { pollsIn } from './questions.ts';
import { QUICK, STIMULI, type Stimulus, type StimulusName } from './stimuli.ts';

/** What was played of one stimulus, or why it was not. */
type Heard = { readonly runs: Evidence[]; durationMs: number; readonly inParallel: boolean } | string;

/** Plays a stimulus once. */
export type Play = () => Promise<Played>;

/** The runs of one client by stimulus, and the cases that they decide. */
export interface Hearings {
  /** The stimuli that some case needs, in their order. */
  readonly wanted: readonly Stimulus[];
  readonly reports: readonly CaseReport[];
  readonly runs: readonly Evidence[];
  has(name: StimulusName): boolean;
  hasPolls(name: StimulusName): boolean;
  announce(stimulus: Stimulus, manner?: string): void;
  keep(name: StimulusName, played: Played, inParallel: boolean): void;
  /** Plays it, and again as long as another run may clear the client of what was found. */
  hear(stimulus: Stimulus, play: Play, inParallel: boolean): Promise<void>;
  /** Whether the client did not even start, beside another of its kind. */
  failedToStart(name: StimulusName): boolean;
  /** Two instances of a client can be in each other's way: a port, a lock, a file. */
  mayHaveCollided(name: StimulusName): boolean;
  /** Reports the cases all of whose stimuli have been played. */
  judgeReady(isFinal: (name: StimulusName) => boolean): void;
}

export function createHearings(settings: ClientSettings, cases: readonly ClientCase[]): Hearings {
  const { options } = settings;
  const heard = new Map<StimulusName, Heard>();
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

  async function hear(stimulus: Stimulus, play: Play, inParallel: boolean): Promise<void> {
    if (!heard.has(stimulus.name)) {
      announce(stimulus);
      keep(stimulus.name, await play(), inParallel);
    }
    while (isDoubtful(stimulus.name)) {
      announce(stimulus, ' once more');
      const again = await play();
      if (typeof again === 'string') return;
      keep(stimulus.name, again, inParallel);
    }
  }

  /** A stall of the machine does not come twice. */
  function isDoubtful(name: StimulusName): boolean {
    const one = heard.get(name);
    return typeof one === 'object' && casesOf(name).some((known) => leavesDoubts(known, one.runs));
  }

  function mayHaveCollided(name: StimulusName): boolean {
    const one = heard.get(name);
    if (typeof one !== 'object' || !one.inParallel) return false;
    if (isIdle(one)) return true;
    const isBroken = casesOf(name).some((known) => findIn(known, one.runs).verdict.status === 'failed');
    const [run] = one.runs;
    // Whoever polled until it was ended was not kept from its work.
    return isBroken && (run?.run?.exitCode !== null || usesOwnReceiver(run));
  }

  function judge(one: ClientCase): CaseReport {
    const parts = stimuliOf(one).map((name) => hearingOf(name, heard.get(name) ?? 'It was not played.'));
    return reportCase(one, parts, replayLine(one.id, settings));
  }

  return {
    wanted: STIMULI.filter(({ name }) => casesOf(name).length > 0),
    get reports() {
      return cases.flatMap(({ id }) => reports.get(id) ?? []);
    },
    get runs() {
      return [...heard.values()].flatMap((one) => (typeof one === 'string' ? [] : one.runs));
    },
    has: (name) => heard.has(name),
    hasPolls(name) {
      const one = heard.get(name);
      return typeof one === 'object' && one.runs.some((evidence) => pollsIn(evidence).length > 0);
    },
    announce,
    keep,
    hear,
    failedToStart(name) {
      const one = heard.get(name);
      // Whoever is asked for a prompt that is too long has reason not to call.
      return typeof one === 'object' && one.inParallel && isIdle(one) && name !== 'long-prompt';
    },
    mayHaveCollided,
    judgeReady(isFinal) {
      const ready = cases.filter(
        (one) => !reports.has(one.id) && stimuliOf(one).every((name) => heard.has(name) && isFinal(name)),
      );
      for (const one of ready) {
        const report = judge(one);
        reports.set(one.id, report);
        options.onFinished?.(report);
      }
    },
  };
}

/** Whether the client called nothing. */
function isIdle(one: Exclude<Heard, string>): boolean {
  return one.runs.every(({ calls }) => calls.length === 0);
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
