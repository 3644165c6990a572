import { createHash, randomBytes } from 'node:crypto';
import { CodedError, loadPacks, type Pack, VERSION } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { commandLine, quote } from '../command-line.ts';
import { readMs } from '../read-duration.ts';
import { type CaseReport, type SuiteReport, summarise } from '../report.ts';
import { asksForCallbacks } from './callback-url.ts';
import { type Hearing, leavesDoubts, reportCase } from './case-report.ts';
import { CLIENT_CASES } from './cases.ts';
import type { ClientCase } from './client-case.ts';
import {
  type ClientFunction,
  type ClientUnderTest,
  type CommandClient,
  clientOfCommand,
  clientOfFunction,
} from './client-under-test.ts';
import { type Evidence, gatherEvidence, type Measures } from './evidence.ts';
import { type AdvanceTimers, type PlayedRun, playRun } from './play-run.ts';
import { pollsIn, submitsIn } from './questions.ts';
import { STIMULI, type Stimulus, type StimulusName } from './stimuli.ts';

/** What a client's judge can be told. */
export interface ClientOptions extends Partial<CommandClient> {
  /** In place of a command: a function that does one job with the client. */
  readonly run?: ClientFunction;
  /** Pack folders beside the built-in ones. */
  readonly packs?: readonly string[];
  readonly profile?: string;
  readonly seed?: string | number;
  /** Ids, or beginnings of ids, of the cases to judge; all when left out. */
  readonly only?: readonly string[];
  /** How much faster than in production the client's own timers are set: 30 when it polls each second for each 30. 1 when left out. */
  readonly timeScale?: number;
  /** When a run is ended, wall time; 2 minutes when left out. */
  readonly timeLimit?: string | number;
  /** How long a client may go on asking for what never comes, in its own time; 15 minutes when left out. */
  readonly giveUpWithin?: string | number;
  /** How soon media should be fetched, in the client's own time; the pack's when left out. */
  readonly downloadWithin?: string | number;
  /** How many tasks the account may run at once. */
  readonly concurrency?: number;
  /** How many runs go on beside each other; 4 when left out. */
  readonly jobs?: number;
  /** Hosts of the client's receiver beyond loopback and private addresses. */
  readonly allowCallback?: readonly string[];
  /** Moves the fake timers of a function's client: the runs are then played on the virtual clock, one by one. */
  readonly advanceTimers?: AdvanceTimers;
  readonly onStarted?: (id: string) => void;
  readonly onFinished?: (report: CaseReport) => void;
}

interface Settings extends Measures {
  readonly client: ClientUnderTest;
  readonly options: ClientOptions;
  readonly seed: string;
  readonly limitMs: number;
  readonly jobs: number;
}

/** A run, or why there was none. */
type Played = { readonly run: PlayedRun; readonly evidence: Evidence; readonly second?: Evidence } | string;

/**
 * Runs a client once for each stimulus, and says what its calls, its downloads and its output keep of the contract.
 * @throws {CodedError} CASE_UNKNOWN, OPTION_INVALID, CLIENT_UNUSABLE
 */
export async function judgeClient(options: ClientOptions): Promise<SuiteReport> {
  const startedAt = new Date();
  const settings = readSettings(options);
  const cases = chooseCases(CLIENT_CASES, options.only);
  const trial = await openTrial(settings, cases);
  const { pack, evidence } = trial.plain;
  const reports = await trial.judgeAll();
  const { timeScale, time } = settings;
  return {
    suite: 'client',
    version: VERSION,
    target: settings.client.name,
    pack: pack.name,
    profile: pack.profile,
    event: null,
    seed: settings.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    channels: {
      api: true,
      output: true,
      media: evidence.downloads.length > 0,
      callbacks: trial.usesCallbacks,
    },
    settings: {
      time: time === 'service' ? 'virtual clock, with the client’s timers' : `wall time, ${timeScale}x`,
      timeLimit: `${settings.limitMs} ms`,
      giveUpWithin: `${settings.giveUpWithinMs} ms`,
    },
    cases: reports,
    summary: summarise(reports),
    notes: [],
    headlines: [],
    inconclusive: null,
  };
}

interface Trial {
  readonly plain: { readonly pack: Pack; readonly evidence: Evidence };
  readonly usesCallbacks: boolean;
  judgeAll(): Promise<CaseReport[]>;
}

/** The first run, which shows whom the client calls and how; then those that are of use. */
async function openTrial(settings: Settings, cases: readonly ClientCase[]): Promise<Trial> {
  const { options } = settings;
  const played = new Map<StimulusName, Played>();
  const wanted = new Set(cases.flatMap(({ stimuli }) => stimuli));
  const tell = (name: StimulusName): void => {
    for (const { id, stimuli } of cases) if (stimuli.includes(name)) options.onStarted?.(id);
  };
  tell('plain');
  const plain = await playPlain(settings);
  played.set('plain', plain);
  const { pack } = plain.evidence;
  const usesCallbacks = submitsIn(plain.evidence).some((call) => asksForCallbacks(plain.evidence, call));
  const needsPolls = STIMULI.some(({ name, needs }) => needs === 'polls' && wanted.has(name));
  const play = async (stimulus: Stimulus, polls: boolean): Promise<void> => {
    const again = (): Promise<Played> => playStimulus(stimulus, settings, { pack, usesCallbacks, polls });
    const first = played.get(stimulus.name) ?? (await again());
    played.set(stimulus.name, await withoutDoubts(first, stimulus.name, cases, again));
  };
  const [first, silent] = ['plain', 'silent'].map((wantedName) =>
    STIMULI.find(({ name }) => name === wantedName),
  );
  if (first !== undefined) await play(first, true);
  // Whoever is called back polls when the callback does not come, if at all.
  if (silent !== undefined && usesCallbacks && (needsPolls || wanted.has('silent'))) await play(silent, true);

  const polls = [plain, played.get('silent')].some(
    (one) => typeof one === 'object' && pollsIn(one.evidence).length > 0,
  );
  return {
    plain: { pack, evidence: plain.evidence },
    usesCallbacks,
    async judgeAll() {
      const reports = new Map<string, CaseReport>();
      const judgeReady = (): void => {
        for (const one of cases) {
          if (reports.has(one.id) || !one.stimuli.every((name) => played.has(name))) continue;
          const report = reportCase(
            one,
            one.stimuli.map((name) => hearingOf(name, played)),
            replayLine(one.id, settings),
          );
          reports.set(one.id, report);
          options.onFinished?.(report);
        }
      };
      const rest = STIMULI.filter(({ name }) => wanted.has(name) && !played.has(name));
      const queue = rest.values();
      const worker = async (): Promise<void> => {
        for (const stimulus of queue) {
          tell(stimulus.name);
          await play(stimulus, polls);
          judgeReady();
        }
      };
      judgeReady();
      await Promise.all(Array.from({ length: settings.jobs }, worker));
      judgeReady();
      return cases.flatMap(({ id }) => reports.get(id) ?? []);
    },
  };
}

/** Plays a stimulus once more where a case that measures time was broken: a stall of the machine does not come twice. */
async function withoutDoubts(
  first: Played,
  name: StimulusName,
  cases: readonly ClientCase[],
  again: () => Promise<Played>,
): Promise<Played> {
  if (typeof first === 'string') return first;
  const doubtful = cases.some(
    (one) => one.stimuli.includes(name) && leavesDoubts(one, one.judge(first.evidence)),
  );
  if (!doubtful) return first;
  const second = await again();
  return typeof second === 'string' ? first : { ...first, second: second.evidence };
}

function hearingOf(name: StimulusName, played: ReadonlyMap<StimulusName, Played>): Hearing {
  const one = played.get(name) ?? 'It was not played.';
  const stimulus = STIMULI.find((known) => known.name === name)?.does ?? '';
  return typeof one === 'string'
    ? { aspect: name, stimulus, evidence: one, durationMs: 0 }
    : {
        aspect: name,
        stimulus,
        evidence: one.evidence,
        second: one.second ?? null,
        durationMs: one.run.durationMs,
      };
}

async function playPlain(settings: Settings): Promise<{ run: PlayedRun; evidence: Evidence }> {
  const [plain] = STIMULI;
  const { options } = settings;
  const packs = loadPacks({
    packs: options.packs ?? [],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const run = await playRun({ ...runOptions(settings, 'plain'), setUp: { clock: 'real' }, pack: null });
  const calls = run.entries.filter((entry) => entry.type === 'request.answered');
  const called = (pack: Pack): number =>
    calls.filter((entry) => entry.pack === pack.name && entry.operation !== null).length;
  const pack = packs.toSorted((a, b) => called(b) - called(a))[0];
  if (plain === undefined || pack === undefined || calls.length === 0) throw silentClient(settings, run);
  return { run, evidence: evidenceOf(run, pack, settings) };
}

async function playStimulus(
  stimulus: Stimulus,
  settings: Settings,
  { pack, usesCallbacks, polls }: { pack: Pack; usesCallbacks: boolean; polls: boolean },
): Promise<Played> {
  const setUp = stimulus.setUp(pack);
  if (setUp === null) return `${pack.title} has nothing like it.`;
  if (stimulus.needs === 'callbacks' && !usesCallbacks) return 'The client did not ask for callbacks.';
  if (stimulus.needs === 'polls' && !polls) {
    return usesCallbacks
      ? 'The client did not poll, not even when no callback came.'
      : 'The client did not poll.';
  }
  if (setUp.prompt !== undefined && !settings.client.takesPrompt) {
    return 'The command takes no prompt: put {prompt} where it should stand.';
  }
  const run = await playRun({ ...runOptions(settings, stimulus.name), setUp, pack });
  return { run, evidence: evidenceOf(run, pack, settings) };
}

function runOptions({ client, options, seed, limitMs, timeScale }: Settings, name: string) {
  return {
    client,
    name,
    packs: options.packs ?? [],
    profile: options.profile,
    seed,
    key: `sd-${createHash('sha256').update(`${seed} ${name}`).digest('hex').slice(0, 24)}`,
    timeScale,
    limitMs,
    allowCallback: options.allowCallback ?? [],
    advanceTimers: options.advanceTimers ?? null,
  };
}

function evidenceOf({ entries, facts, endedAt }: PlayedRun, pack: Pack, settings: Settings): Evidence {
  const { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency } = settings;
  const measures = { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency };
  return gatherEvidence({ entries, pack, run: facts, endedAt, ...measures });
}

function readSettings(options: ClientOptions): Settings {
  const {
    timeScale = 1,
    timeLimit = '2m',
    giveUpWithin = '15m',
    downloadWithin,
    concurrency = null,
  } = options;
  if (!(Number.isFinite(timeScale) && timeScale > 0)) {
    throw new CodedError('OPTION_INVALID', `timeScale must be a factor above 0, like 30, got ${timeScale}`);
  }
  const isVirtual = options.advanceTimers !== undefined;
  return {
    client: clientOf(options),
    options,
    seed: String(options.seed ?? randomBytes(4).toString('hex')),
    limitMs: readMs('timeLimit', timeLimit),
    // Fake timers are everybody's.
    jobs: isVirtual ? 1 : Math.max(1, options.jobs ?? 4),
    timeScale: isVirtual ? 1 : timeScale,
    time: isVirtual ? 'service' : 'wall',
    giveUpWithinMs: readMs('giveUpWithin', giveUpWithin),
    downloadWithinMs: downloadWithin === undefined ? null : readMs('downloadWithin', downloadWithin),
    concurrency,
  };
}

function clientOf({ run, command, env, cwd }: ClientOptions): ClientUnderTest {
  if (run !== undefined) return clientOfFunction(run);
  if (command !== undefined && command.length > 0) {
    return clientOfCommand({ command, cwd, ...(env === undefined ? {} : { env }) });
  }
  throw new CodedError(
    'OPTION_INVALID',
    'there is no client to judge',
    'Write its command after --, like: stuntdouble verify client --env API_BASE={url} -- node client.js',
  );
}

function silentClient({ client }: Settings, { facts }: PlayedRun): CodedError {
  const how =
    facts.exitCode === null ? 'was ended at the time limit' : `ended with exit code ${facts.exitCode}`;
  const printed = facts.output.trim().split('\n').slice(-10).join('\n');
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${client.name}" never called the mock; it ${how}${printed === '' ? ' and printed nothing' : `:\n${printed}`}`,
    'Tell it where the mock is, by its environment or in the command: --env API_BASE={url} --env API_KEY={key}',
  );
}

function replayLine(id: string, { options, seed }: Settings): string {
  const { command = [], env = {} } = options;
  const line = commandLine(
    ['stuntdouble verify client --only', id],
    [
      ...(options.packs ?? []).map((dir) => ['--pack', dir] as const),
      ['--profile', options.profile],
      ['--seed', options.seed === undefined ? undefined : seed],
      ['--time-scale', options.timeScale],
      ['--time-limit', options.timeLimit],
      ['--give-up-within', options.giveUpWithin],
      ['--concurrency', options.concurrency],
      ...Object.entries(env).map(([name, value]) => ['--env', `${name}=${value}`] as const),
    ],
  );
  return command.length === 0 ? line : `${line} -- ${command.map(quote).join(' ')}`;
}
