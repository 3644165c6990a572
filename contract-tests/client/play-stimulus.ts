import { createHash } from 'node:crypto';
import { CodedError, type JournalEntry, loadPacks, type Pack } from '../../mock-server/index.ts';
import type { ClientSettings } from './client-options.ts';
import { type Evidence, gatherEvidence } from './evidence.ts';
import { type PlayedRun, playRun } from './play-run.ts';
import { proxiesIn } from './proxies.ts';
import { isSilent, type Stimulus, type StimulusName } from './stimuli.ts';

/** A run and what is known of it, or why there was none. */
export type Played = { readonly run: PlayedRun; readonly evidence: Evidence } | string;

/** What the first run showed of the client. */
export interface Manner {
  readonly pack: Pack;
  readonly usesCallbacks: boolean;
  readonly polls: boolean;
}

type Call = Extract<JournalEntry, { readonly type: 'request.answered' }>;

/**
 * The run in which all goes well, against every vendor there is; it shows which one the client calls.
 * @throws {CodedError} CLIENT_UNUSABLE when it calls none
 */
export async function playPlain(settings: ClientSettings): Promise<Exclude<Played, string>> {
  const { options } = settings;
  const packs = loadPacks({
    packs: options.packs ?? [],
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  });
  const run = await playRun({
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

export async function playStimulus(
  stimulus: Stimulus,
  settings: ClientSettings,
  { pack, usesCallbacks, polls }: Manner,
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
    return 'The command has no place for a prompt: put {prompt} where it accepts one.';
  }
  const { isOver = isSilent } = stimulus;
  const run = await playRun({
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

function evidenceOf({ entries, facts, endedAt }: PlayedRun, pack: Pack, settings: ClientSettings): Evidence {
  const { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency } = settings;
  const measures = { timeScale, time, giveUpWithinMs, downloadWithinMs, concurrency };
  return gatherEvidence({ entries, pack, run: facts, endedAt, ...measures });
}

/** The vendor most of whose operations were called; where none was, the one that was meant. */
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

/** How many calls an error names. */
const MOST_NAMED = 5;

/** Nothing can be said of a client that called no vendor. */
function unusable(settings: ClientSettings, { facts }: PlayedRun, calls: readonly Call[]): CodedError {
  const { name } = settings.client;
  const ending =
    facts.exitCode === null ? 'was ended at the time limit' : `ended with exit code ${facts.exitCode}`;
  const printed = facts.output.trim().split('\n').slice(-10).join('\n');
  const end = `It ${ending}${printed === '' ? ' and printed nothing.' : `:\n${printed}`}`;
  const called = [...new Set(calls.map(({ method, url }) => `${method} ${url.split('?')[0]}`))];
  if (called.length > 0) {
    return new CodedError(
      'CLIENT_UNUSABLE',
      `"${name}" called nothing that a vendor has: ${called.slice(0, MOST_NAMED).join(', ')}${called.length > MOST_NAMED ? ` and ${called.length - MOST_NAMED} more` : ''}. ${end}`,
      'Check the base URL that it is given and the paths that it adds; "stuntdouble packs" lists the vendors. A vendor of your own is added with --pack DIR.',
    );
  }
  const proxies = proxiesIn(settings.given);
  return new CodedError(
    'CLIENT_UNUSABLE',
    `"${name}" never called the mock. ${proxies.length === 0 ? '' : `${proxies.join(' and ')} of its environment may send its calls elsewhere, although NO_PROXY names the mock. `}${end}`,
    proxies.length === 0
      ? 'Give it the URL of the mock, by its environment or in the command: --env API_BASE={url} --env API_KEY={key}'
      : `Run it without ${proxies.join(' and ')}, or make it respect NO_PROXY.`,
  );
}
