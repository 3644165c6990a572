import { createHash } from 'node:crypto';
import { CodedError, type JournalEntry, loadPacks, type Pack } from '../../mock-server/index.ts';
import { asksForCallbacks } from './callback-url.ts';
import type { ClientSettings } from './client-settings.ts';
import { endingOf } from './ending.ts';
import type { Evidence } from './evidence.ts';
import { submitsIn } from './evidence-queries.ts';
import { gatherEvidence } from './gather-evidence.ts';
import { proxiesIn } from './proxies.ts';
import { type ClientRun, runClient } from './run-client.ts';
import { isSilent, type SetUp, type Stimulus, type StimulusName, setUpFor } from './stimuli.ts';
import { count } from './wording.ts';

/** A run and its evidence, or the reason why it was skipped. */
export type StimulusRun = { readonly run: ClientRun; readonly evidence: Evidence } | string;

/** How the client behaved in previous runs. */
export interface Manner {
  /** Vendor that it calls; null before the first run. */
  readonly pack: Pack | null;
  readonly usesCallbacks: boolean;
  readonly polls: boolean;
}

/** Manner of a client that has not been run, for which no stimulus is skipped. */
export const UNKNOWN_MANNER: Manner = { pack: null, usesCallbacks: true, polls: true };

/** Returns what the first run shows about the client; subsequent runs, which have faults, show nothing new. */
export function learnFrom(result: StimulusRun, manner: Manner): Manner {
  if (manner.pack !== null || typeof result === 'string') return manner;
  const { evidence } = result;
  const usesCallbacks = submitsIn(evidence).some((call) => asksForCallbacks(evidence, call));
  return { ...manner, pack: evidence.pack, usesCallbacks };
}

type Call = Extract<JournalEntry, { readonly type: 'request.answered' }>;

/**
 * Runs the client with a stimulus, if the vendor and the client have a use for it. Before the vendor is known, the mock
 * serves all vendors.
 * @throws {CodedError} CLIENT_UNUSABLE when the vendor is not known and the client calls none
 */
export async function runStimulus(
  stimulus: Stimulus,
  settings: ClientSettings,
  manner: Manner,
): Promise<StimulusRun> {
  const { pack } = manner;
  const setUp = setUpFor(stimulus, pack);
  if (setUp === null) return `${pack?.title ?? 'The vendor'} does not have this behavior.`;
  const reason = whySkipped(stimulus, setUp, settings, manner);
  if (reason !== null) return reason;
  const { isOver = isSilent } = stimulus;
  const run = await runClient({
    ...runOptions(settings, stimulus.name),
    setUp,
    pack,
    isOver: pack === null ? null : (soFar) => isOver(evidenceOf(soFar, pack, settings)),
  });
  return { run, evidence: evidenceOf(run, pack ?? vendorCalledIn(run, settings), settings) };
}

/** Returns why the client has no use for a stimulus; null if it has. */
function whySkipped(
  { needs }: Stimulus,
  { prompt }: SetUp,
  { client }: ClientSettings,
  { usesCallbacks, polls }: Manner,
): string | null {
  if (needs === 'callbacks' && !usesCallbacks) return 'The client does not use callbacks.';
  if (needs === 'polls' && !polls) {
    return usesCallbacks
      ? 'The client did not poll, even when no callback arrived.'
      : 'The client did not poll.';
  }
  return prompt !== undefined && !client.takesPrompt
    ? 'The command does not accept a prompt. Add {prompt} where it takes one.'
    : null;
}

function runOptions(settings: ClientSettings, name: StimulusName) {
  const { client, packDirs, profile, seed, limitMs, timeScale, env, trust, allowCallback, advanceTimers } =
    settings;
  return {
    client,
    name,
    packs: packDirs,
    profile,
    seed,
    key: `sd-${createHash('sha256').update(`${seed} ${name}`).digest('hex').slice(0, 24)}`,
    timeScale,
    limitMs,
    env,
    trust,
    allowCallback,
    advanceTimers,
  };
}

function evidenceOf({ entries, facts, endedAt }: ClientRun, pack: Pack, settings: ClientSettings): Evidence {
  const { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency, nameOption } = settings;
  const measures = { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency, nameOption };
  return gatherEvidence({ entries, pack, run: facts, endedAt, ...measures });
}

/** Returns the vendor that the client called in its first run. @throws {CodedError} CLIENT_UNUSABLE when it called none */
function vendorCalledIn(run: ClientRun, settings: ClientSettings): Pack {
  const { packDirs, profile } = settings;
  const packs = loadPacks({ packs: packDirs, ...(profile === null ? {} : { profile }) });
  const calls = run.entries.filter((entry) => entry.type === 'request.answered');
  const pack = vendorOf(calls, packs);
  if (pack === null) throw unusable(settings, run, calls);
  return pack;
}

/** Returns the vendor with the most matching calls, or else the one that unmatched calls resemble most. */
function vendorOf(calls: readonly Call[], packs: readonly Pack[]): Pack | null {
  const groups = [
    calls.filter(({ route }) => route === 'operation'),
    calls.filter(({ route }) => route === 'not-mocked'),
    calls.filter(({ route }) => route === 'unknown'),
  ];
  for (const group of groups) {
    const callsTo = (pack: Pack): number => group.filter((call) => call.pack === pack.name).length;
    const [most] = packs.toSorted((a, b) => callsTo(b) - callsTo(a));
    if (most !== undefined && callsTo(most) > 0) return most;
  }
  return null;
}

/** Number of calls that an error lists. */
const MAX_NAMED = 5;

function howToPass({ client, nameOption }: ClientSettings): string {
  if (client.kind === 'function')
    return 'Use "url" and "key" of the context that the function is called with.';
  const examples = ['API_BASE={url}', 'API_KEY={key}'].map((one) => nameOption('env', one));
  return `Pass it the URL of the mock, in its environment or in the command: ${[...new Set(examples)].join(' ')}`;
}

/** Returns the error for a client that did not call any vendor. */
function unusable(settings: ClientSettings, { facts }: ClientRun, calls: readonly Call[]): CodedError {
  const { name } = settings.client;
  const output = facts.output.trim().split('\n').slice(-10).join('\n');
  const end = `It ${endingOf(facts)}${output === '' ? ' without any output.' : `:\n${output}`}`;
  const called = [...new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`))];
  if (called.length > 0) {
    return new CodedError(
      'CLIENT_UNUSABLE',
      `"${name}" did not call an operation of any vendor: ${called.slice(0, MAX_NAMED).join(', ')}${called.length > MAX_NAMED ? ` and ${count(called.length - MAX_NAMED, 'other call')}` : ''}. ${end}`,
      `Check its base URL and paths. Run "stuntdouble packs" for the list of vendors, or add your own with ${settings.nameOption('packs', 'DIR')}.`,
    );
  }
  const proxies = proxiesIn(settings.ambientEnv);
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${name}" did not call the mock. ${proxies.length === 0 ? '' : `It may use the proxy in ${proxies.join(' and ')} although NO_PROXY excludes the mock. `}${end}`,
    proxies.length === 0
      ? howToPass(settings)
      : `Run it without ${proxies.join(' and ')}, or make it respect NO_PROXY.`,
  );
}
