import { createHash } from 'node:crypto';
import { CodedError, type JournalEntry, loadPacks, type Pack } from '../../mock-server/index.ts';
import type { ClientSettings } from './client-options.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { proxiesIn } from './proxies.ts';
import { type ClientRun, runClient } from './run-client.ts';
import { isSilent, type Stimulus, type StimulusName } from './stimuli.ts';

/** A run and its evidence, or the reason why it was skipped. */
export type StimulusRun = { readonly run: ClientRun; readonly evidence: Evidence } | string;

/** How the client behaved in the first run. */
export interface Manner {
  readonly pack: Pack;
  readonly usesCallbacks: boolean;
  readonly polls: boolean;
}

type Call = Extract<JournalEntry, { readonly type: 'request.answered' }>;

/**
 * Runs the client without faults against all vendors, to learn which one it calls.
 * @throws {CodedError} CLIENT_UNUSABLE when it calls none
 */
export async function runPlain(settings: ClientSettings): Promise<Exclude<StimulusRun, string>> {
  const { options } = settings;
  const packs = loadPacks({
    packs: options.packs ?? [],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const run = await runClient({
    ...runOptions(settings, 'plain'),
    setUp: { clock: 'real' },
    pack: null,
    isOver: null,
  });
  const calls = run.entries.filter((entry) => entry.type === 'request.answered');
  const pack = vendorOf(calls, packs);
  if (pack === null) throw unusable(settings, run, calls);
  return { run, evidence: evidenceOf(run, pack, settings) };
}

/** Runs the client with a stimulus, if the vendor and the client have a use for it. */
export async function runStimulus(
  stimulus: Stimulus,
  settings: ClientSettings,
  { pack, usesCallbacks, polls }: Manner,
): Promise<StimulusRun> {
  const setUp = stimulus.setUp(pack);
  if (setUp === null) return `${pack.title} does not have this behavior.`;
  if (stimulus.needs === 'callbacks' && !usesCallbacks) return 'The client does not use callbacks.';
  if (stimulus.needs === 'polls' && !polls) {
    return usesCallbacks
      ? 'The client did not poll, even when no callback arrived.'
      : 'The client did not poll.';
  }
  if (setUp.prompt !== undefined && !settings.client.takesPrompt) {
    return 'The command does not accept a prompt. Add {prompt} where it takes one.';
  }
  const { isOver = isSilent } = stimulus;
  const run = await runClient({
    ...runOptions(settings, stimulus.name),
    setUp,
    pack,
    isOver: (soFar) => isOver(evidenceOf(soFar, pack, settings)),
  });
  return { run, evidence: evidenceOf(run, pack, settings) };
}

function runOptions(settings: ClientSettings, name: StimulusName) {
  const { client, options, seed, limitMs, timeScale, env, trust } = settings;
  return {
    client,
    name,
    packs: options.packs ?? [],
    profile: options.profile,
    seed,
    key: `sd-${createHash('sha256').update(`${seed} ${name}`).digest('hex').slice(0, 24)}`,
    timeScale,
    limitMs,
    env,
    trust,
    allowCallback: options.allowCallback ?? [],
    advanceTimers: options.advanceTimers ?? null,
  };
}

function evidenceOf({ entries, facts, endedAt }: ClientRun, pack: Pack, settings: ClientSettings): Evidence {
  const { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency } = settings;
  const measures = { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency };
  return gatherEvidence({ entries, pack, run: facts, endedAt, ...measures });
}

/** Returns the vendor with the most matching calls, or else the one that unmatched calls resemble most. */
function vendorOf(calls: readonly Call[], packs: readonly Pack[]): Pack | null {
  const groups = [
    calls.filter(({ route }) => route === 'operation'),
    calls.filter(({ route }) => route === 'not-mocked'),
    calls.filter(({ route }) => route === 'unknown'),
  ];
  for (const group of groups) {
    const count = (pack: Pack): number => group.filter((call) => call.pack === pack.name).length;
    const [most] = packs.toSorted((a, b) => count(b) - count(a));
    if (most !== undefined && count(most) > 0) return most;
  }
  return null;
}

/** Number of calls that an error lists. */
const MAX_NAMED = 5;

/** Returns the error for a client that did not call any vendor. */
function unusable(settings: ClientSettings, { facts }: ClientRun, calls: readonly Call[]): CodedError {
  const { name } = settings.client;
  const ending =
    facts.exitCode === null ? 'was stopped at the time limit' : `exited with code ${facts.exitCode}`;
  const printed = facts.output.trim().split('\n').slice(-10).join('\n');
  const end = `It ${ending}${printed === '' ? ' and printed nothing.' : `:\n${printed}`}`;
  const called = [...new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`))];
  if (called.length > 0) {
    return new CodedError(
      'CLIENT_UNUSABLE',
      `"${name}" did not call an operation of any vendor: ${called.slice(0, MAX_NAMED).join(', ')}${called.length > MAX_NAMED ? ` and ${called.length - MAX_NAMED} more` : ''}. ${end}`,
      'Check its base URL and paths. Run "stuntdouble packs" for the list of vendors, or add your own with --pack DIR.',
    );
  }
  const proxies = proxiesIn(settings.ambientEnv);
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${name}" did not call the mock. ${proxies.length === 0 ? '' : `It may use the proxy in ${proxies.join(' and ')} although NO_PROXY excludes the mock. `}${end}`,
    proxies.length === 0
      ? 'Pass it the URL of the mock, in its environment or in the command: --env API_BASE={url} --env API_KEY={key}'
      : `Run it without ${proxies.join(' and ')}, or make it respect NO_PROXY.`,
  );
}
