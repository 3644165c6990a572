import type { MockServer, MockServerOptions, Pack } from '../../mock-server/index.ts';
import type { Evidence } from './evidence.ts';
import { pollsIn } from './evidence-queries.ts';
import { isOverdue } from './overdue.ts';
import { promptLimitOf } from './prompt-limit.ts';

/** What the mock does in one run of the client. */
export interface Stimulus {
  readonly name: StimulusName;
  /** What happens in the run, as a clause. */
  readonly does: string;
  /** What the client must do for the run to be useful; the run is skipped for clients that do not. */
  readonly needs: 'anything' | 'polls' | 'callbacks';
  /** Whether the verdict is known although the client is still running (default: when it was silent for too long). */
  isOver?(evidence: Evidence): boolean;
  /** How the mock is set up; a function of the vendor returns null when the vendor does not have this behavior. */
  readonly setUp: SetUp | ((pack: Pack) => SetUp | null);
}

/**
 * Returns how the mock is set up for a vendor; null when the vendor does not have this behavior.
 * @param pack null while it is not known which vendor the client calls, so that only stimuli for all vendors apply
 */
export function setUpFor({ setUp }: Stimulus, pack: Pack | null): SetUp | null {
  if (typeof setUp !== 'function') return setUp;
  return pack === null ? null : setUp(pack);
}

/** How the mock is set up for a run. */
export interface SetUp {
  readonly scenario?: string;
  /** Scenarios of the first submissions. */
  readonly queue?: readonly string[];
  /**
   * Clock of the mock: `real` runs at the time scale, `polls` advances by one state with each poll, `virtual` does
   * not advance, so that no task finishes.
   */
  readonly clock: NonNullable<MockServerOptions['clock']>;
  /** Acts on the mock while the client runs. */
  readonly interfere?: (mock: MockServer) => void;
  /** Called between two runs of the client against the same mock; without it there is one run. */
  readonly between?: (mock: MockServer) => Promise<void>;
  /** Prompt of the run (default: a short one). */
  readonly prompt?: string;
  /** Returns the wait that rate-limit errors ask for in Retry-After, from the time limit of the run. */
  readonly retryAfterMs?: (limitMs: number) => number;
}

/** Prompt of all runs that do not set their own. */
export const PROMPT = 'A lighthouse in a storm';

const ALL = {
  plain: {
    does: 'every task succeeds',
    needs: 'anything',
    setUp: { clock: 'real' },
  },
  silent: {
    does: 'no callback is ever sent',
    needs: 'callbacks',
    setUp: { clock: 'real', scenario: 'callback.never' },
  },
  'key-refused': {
    does: 'every submission is rejected because of its key',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'unauthorized'),
  },
  'request-refused': {
    does: 'every submission is rejected as invalid',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'invalid'),
  },
  'server-error': {
    does: 'every submission returns a server error',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'internal'),
  },
  'too-many': {
    does: 'the first four submissions are rate-limited',
    needs: 'anything',
    setUp(pack) {
      const code = pack.errors.codeOf('rateLimited');
      return code === null
        ? null
        : { clock: 'real', queue: Array.from({ length: 4 }, () => `submit.${code}`) };
    },
  },
  'retry-after': {
    does: 'the first submission is rate-limited, with a Retry-After header',
    needs: 'anything',
    setUp(pack) {
      const code = pack.errors.codeOf('rateLimited');
      // Clients do not expect Retry-After on an error inside HTTP 200.
      const isHttp = code !== null && pack.errors.forCode(code)?.status !== 200;
      return isHttp ? { clock: 'real', queue: [`submit.${code}`], retryAfterMs: retryAfterFor } : null;
    },
  },
  maintenance: {
    does: 'every submission is rejected because of maintenance',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'maintenance'),
  },
  'media-refused': {
    does: 'every submission is rejected because its image or video cannot be fetched',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'mediaUnreachable'),
  },
  'lost-answer': {
    does: 'the first submission is accepted, but the connection breaks before the response',
    needs: 'anything',
    setUp: { clock: 'real', queue: ['submit.reset'] },
  },
  'late-answer': {
    does: 'the first submission is accepted, but its response is delayed by 30 seconds or a third of the time limit',
    needs: 'anything',
    setUp: { clock: 'real', queue: ['submit.slow'] },
  },
  'no-slot': {
    does: 'the first task fails because the account has too many running tasks',
    needs: 'anything',
    setUp(pack) {
      const slug = [...pack.kinds.values()][0]?.concurrencyFailure ?? null;
      return slug === null ? null : { clock: 'real', queue: [`fail.${slug}`] };
    },
  },
  'long-prompt': {
    does: 'the client is given a prompt that is one character too long',
    needs: 'anything',
    setUp(pack) {
      const limit = promptLimitOf(pack);
      return limit === null ? null : { clock: 'real', prompt: promptOfLength(limit + 1) };
    },
  },
  'long-way': {
    does: 'each state lasts for five polls, and no callback is sent',
    needs: 'polls',
    setUp: { clock: 'polls', scenario: 'state.long+callback.never' },
  },
  'unknown-state': {
    does: 'two polls show an undocumented state',
    needs: 'polls',
    setUp: (pack) => takingDetour(pack, 'unknown'),
  },
  'back-and-forth': {
    does: 'the task returns to its previous state and then continues',
    needs: 'polls',
    setUp: (pack) => takingDetour(pack, 'back-and-forth'),
  },
  'bad-line': {
    does: 'one poll loses its connection, one returns a 502 from a gateway, one returns truncated JSON',
    needs: 'polls',
    setUp: { clock: 'polls', scenario: 'poll.reset+poll.502+poll.truncated+callback.never' },
  },
  outage: {
    does: 'six consecutive polls return a 503 from a gateway',
    needs: 'polls',
    setUp: { clock: 'polls', scenario: 'poll.503*6+callback.never' },
  },
  'not-visible': {
    does: 'the task is unknown to polls for its first seconds',
    needs: 'polls',
    setUp: { clock: 'polls', scenario: 'poll.not-visible+callback.never' },
  },
  vanished: {
    does: 'every poll reports that the task does not exist',
    needs: 'polls',
    isOver: hasPolledTooLong,
    setUp(pack) {
      const code = pack.errors.codeOf('unknownTask');
      return code === null ? null : { clock: 'virtual', scenario: `poll.${code}*+callback.never` };
    },
  },
  unready: {
    does: 'one poll shows the task as finished before its media is available',
    needs: 'polls',
    setUp: (pack) => takingDetour(pack, 'unready'),
  },
  endless: {
    does: 'the task never finishes',
    needs: 'polls',
    isOver: hasPolledTooLong,
    setUp: { clock: 'virtual', scenario: 'callback.never' },
  },
  failed: {
    does: 'the task fails, and no callback is sent',
    needs: 'polls',
    setUp(pack) {
      const all = [...pack.failures.values()];
      const failure = all.find((one) => one.class === 'moderation') ?? all[0];
      return failure === undefined
        ? null
        : { clock: 'polls', scenario: `fail.${failure.slug}+callback.never` };
    },
  },
  'same-instant': {
    does: 'the callback is sent together with the first poll that shows the end of the task',
    needs: 'callbacks',
    setUp: { clock: 'real', scenario: 'callback.late', interfere: callBackWithFinalPoll },
  },
  expired: {
    does: 'the media has expired when the task is polled',
    needs: 'polls',
    setUp: { clock: 'polls', scenario: 'media.expired+callback.never' },
  },
  'day-15': {
    does: 'the client runs, 15 days pass, and the client runs again',
    needs: 'anything',
    setUp: { clock: 'real', between: (mock) => mock.clock.advance('15d') },
  },
} satisfies Readonly<Record<string, Omit<Stimulus, 'name'>>>;

export type StimulusName = keyof typeof ALL;

/** All stimuli in the order of their runs. The first two decide which of the others are useful. */
export const STIMULI: readonly Stimulus[] = Object.keys(ALL).map((name) => stimulusOf(name as StimulusName));

function stimulusOf(name: StimulusName): Stimulus {
  return { name, ...(ALL[name] as Omit<Stimulus, 'name'>) };
}

/** The run without faults. */
export const PLAIN = stimulusOf('plain');
/** The run without callbacks. */
export const SILENT = stimulusOf('silent');

/** Stimuli of a quick check: those that decide the most cases in the least time. */
export const QUICK: ReadonlySet<StimulusName> = new Set([
  'plain',
  'request-refused',
  'bad-line',
  'failed',
] as const);

const WORDS = 'A lighthouse in a storm. ';

function promptOfLength(length: number): string {
  return WORDS.repeat(Math.ceil(length / WORDS.length))
    .slice(0, length - 1)
    .padEnd(length, '.');
}

/** Returns a wait that is longer than a client's own and fits into the run. */
function retryAfterFor(limitMs: number): number {
  return Math.max(1000, Math.min(20_000, limitMs / 6));
}

function hasPolledTooLong(evidence: Evidence): boolean {
  const [first] = pollsIn(evidence);
  return first !== undefined && isOverdue(evidence.endsAtMs - first.atMs, evidence.giveUpWithinMs);
}

/** Whether nothing has happened for longer than a client may wait. */
export function isSilent({ calls, attempts, downloads, endsAtMs, giveUpWithinMs }: Evidence): boolean {
  const last = Math.max(0, ...[...calls, ...attempts, ...downloads].map(({ atMs }) => atMs));
  return isOverdue(endsAtMs - last, giveUpWithinMs);
}

function refusing(pack: Pack, role: Parameters<Pack['errors']['codeOf']>[0]): SetUp | null {
  const code = pack.errors.codeOf(role);
  return code === null ? null : { clock: 'real', scenario: `submit.${code}` };
}

function takingDetour({ kinds }: Pack, detour: 'unknown' | 'back-and-forth' | 'unready'): SetUp | null {
  const all = [...kinds.values()];
  const isPossible = all.every(({ steps, faultStates }) =>
    detour === 'back-and-forth' ? steps.length > 1 : faultStates[detour] !== null,
  );
  return isPossible ? { clock: 'polls', scenario: `state.${detour}+callback.never` } : null;
}

/** Redelivers the callback when a poll first shows the end. The scenario delays the regular callback far beyond that. */
function callBackWithFinalPoll(mock: MockServer): void {
  const redelivered = new Set<string>();
  mock.journal.subscribe((entry) => {
    if (entry.type !== 'request.answered' || entry.does !== 'poll' || entry.taskId === null) return;
    const task = mock.tasks.get(entry.taskId);
    if (task === undefined || task.outcome === null || redelivered.has(task.id)) return;
    redelivered.add(task.id);
    if (task.deliveries.length > 0) mock.tasks.redeliver(task.id);
  });
}
