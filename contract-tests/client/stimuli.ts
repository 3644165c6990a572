import type { MockServer, MockServerOptions, Pack } from '../../mock-server/index.ts';
import type { Evidence } from './evidence.ts';
import { isOverdue } from './overdue.ts';
import { promptLimitOf } from './prompt-limit.ts';
import { pollsIn } from './questions.ts';

/** What the mock does in one run of the client. */
export interface Stimulus {
  readonly name: StimulusName;
  /** What happens, in one sentence. */
  readonly does: string;
  /** What the client must do for the run to be of use; it is left out for clients that were seen not to. */
  readonly needs: 'anything' | 'polls' | 'callbacks';
  /** Whether what it shows is known, although the client goes on; when it falls silent for too long unless told otherwise. */
  isOver?(evidence: Evidence): boolean;
  /** How the mock is set up; null when the vendor has nothing like it. */
  setUp(pack: Pack): SetUp | null;
}

export interface SetUp {
  readonly scenario?: string;
  /** For the first submissions. */
  readonly queue?: readonly string[];
  /**
   * `real` plays at the pace of the time scale, `polls` makes each poll a step, `virtual` stands still: nothing ever
   * comes to its end.
   */
  readonly clock: NonNullable<MockServerOptions['clock']>;
  /** Acts while the client runs. */
  readonly meddle?: (mock: MockServer) => void;
  /** What happens between two runs of the client against the same mock; without it there is one run. */
  readonly between?: (mock: MockServer) => Promise<void>;
  readonly prompt?: string;
  /** What refusals as too many ask for in Retry-After, by the time limit of the run. */
  readonly retryAfterMs?: (limitMs: number) => number;
}

export const PROMPT = 'A lighthouse in a storm';

const ALL = {
  plain: {
    does: 'every task succeeds',
    needs: 'anything',
    setUp: () => ({ clock: 'real' }),
  },
  silent: {
    does: 'no callback is ever sent',
    needs: 'callbacks',
    setUp: () => ({ clock: 'real', scenario: 'callback.never' }),
  },
  'key-refused': {
    does: 'every submission is refused because of its key',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'unauthorized'),
  },
  'request-refused': {
    does: 'every submission is refused as not valid',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'invalid'),
  },
  'server-error': {
    does: 'every submission is answered with an error of the server',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'internal'),
  },
  'too-many': {
    does: 'the first four submissions are refused as too many',
    needs: 'anything',
    setUp(pack) {
      const code = pack.errors.codeOf('rateLimited');
      return code === null
        ? null
        : { clock: 'real', queue: Array.from({ length: 4 }, () => `submit.${code}`) };
    },
  },
  'retry-after': {
    does: 'the first submission is refused as too many, with a Retry-After header',
    needs: 'anything',
    setUp(pack) {
      const code = pack.errors.codeOf('rateLimited');
      // Where a refusal looks like a success to HTTP, nobody looks for its headers.
      const isHttp = code !== null && pack.errors.forCode(code)?.status !== 200;
      return isHttp ? { clock: 'real', queue: [`submit.${code}`], retryAfterMs: askedWait } : null;
    },
  },
  maintenance: {
    does: 'every submission is answered with maintenance',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'maintenance'),
  },
  'media-refused': {
    does: 'every submission is refused because its image or video cannot be fetched',
    needs: 'anything',
    setUp: (pack) => refusing(pack, 'mediaUnreachable'),
  },
  'lost-answer': {
    does: 'the first submission is accepted, but the connection breaks before the answer',
    needs: 'anything',
    setUp: () => ({ clock: 'real', queue: ['submit.reset'] }),
  },
  'late-answer': {
    does: 'the first submission is accepted, but its answer comes after half a minute, or a third of the time limit',
    needs: 'anything',
    setUp: () => ({ clock: 'real', queue: ['submit.slow'] }),
  },
  'no-slot': {
    does: 'the first task fails because too many of the account run at once',
    needs: 'anything',
    setUp(pack) {
      const slug = [...pack.kinds.values()][0]?.concurrencyFailure ?? null;
      return slug === null ? null : { clock: 'real', queue: [`fail.${slug}`] };
    },
  },
  'long-prompt': {
    does: 'the client is asked for a prompt that is one character too long',
    needs: 'anything',
    setUp(pack) {
      const limit = promptLimitOf(pack);
      return limit === null ? null : { clock: 'real', prompt: promptOfLength(limit + 1) };
    },
  },
  'long-way': {
    does: 'each state comes five times, one for each poll, and no callback',
    needs: 'polls',
    setUp: () => ({ clock: 'polls', scenario: 'state.long+callback.never' }),
  },
  'unknown-state': {
    does: 'two polls show a state that no page lists',
    needs: 'polls',
    setUp: (pack) => detour(pack, 'unknown'),
  },
  'back-and-forth': {
    does: 'the task falls back by a state, and comes forward again',
    needs: 'polls',
    setUp: (pack) => detour(pack, 'back-and-forth'),
  },
  'bad-line': {
    does: 'one poll is broken off, one is answered with a 502 of a gateway, one with half of its JSON',
    needs: 'polls',
    setUp: () => ({ clock: 'polls', scenario: 'poll.reset+poll.502+poll.truncated+callback.never' }),
  },
  outage: {
    does: 'six polls in a row are answered with a 503 of a gateway',
    needs: 'polls',
    setUp: () => ({ clock: 'polls', scenario: 'poll.503*6+callback.never' }),
  },
  'not-visible': {
    does: 'the task is unknown to polls for its first seconds',
    needs: 'polls',
    setUp: () => ({ clock: 'polls', scenario: 'poll.not-visible+callback.never' }),
  },
  vanished: {
    does: 'every poll is answered as if the task did not exist',
    needs: 'polls',
    isOver: hasPolledTooLong,
    setUp(pack) {
      const code = pack.errors.codeOf('unknownTask');
      return code === null ? null : { clock: 'virtual', scenario: `poll.${code}*+callback.never` };
    },
  },
  unready: {
    does: 'the task looks finished for one poll before its media are there',
    needs: 'polls',
    setUp: (pack) => detour(pack, 'unready'),
  },
  endless: {
    does: 'the task never ends',
    needs: 'polls',
    isOver: hasPolledTooLong,
    setUp: () => ({ clock: 'virtual', scenario: 'callback.never' }),
  },
  failed: {
    does: 'the task fails, and no callback comes',
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
    does: 'the callback is sent at the moment of the first poll that shows the end',
    needs: 'callbacks',
    setUp: () => ({ clock: 'real', scenario: 'callback.late', meddle: callBackWithTheLastPoll }),
  },
  expired: {
    does: 'the media have expired by the time the task is asked for',
    needs: 'polls',
    setUp: () => ({ clock: 'polls', scenario: 'media.expired+callback.never' }),
  },
  'day-15': {
    does: 'the client runs, 15 days pass, and it runs again',
    needs: 'anything',
    setUp: () => ({ clock: 'real', between: (mock) => mock.clock.advance('15d') }),
  },
} satisfies Readonly<Record<string, Omit<Stimulus, 'name'>>>;

export type StimulusName = keyof typeof ALL;

/** In the order in which they are played: what the first two show decides which others are of use. */
export const STIMULI: readonly Stimulus[] = Object.keys(ALL).map((name) => stimulusOf(name as StimulusName));

function stimulusOf(name: StimulusName): Stimulus {
  return { name, ...(ALL[name] as Omit<Stimulus, 'name'>) };
}

/** Nothing goes wrong. */
export const PLAIN = stimulusOf('plain');
/** No callback comes. */
export const SILENT = stimulusOf('silent');

/** What shows most in the least time. */
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

/** Long enough to be told from a client's own waits, and short enough for the run. */
function askedWait(limitMs: number): number {
  return Math.max(1000, Math.min(20_000, limitMs / 6));
}

function hasPolledTooLong(evidence: Evidence): boolean {
  const [first] = pollsIn(evidence);
  return first !== undefined && isOverdue(evidence.endsAtMs - first.atMs, evidence.giveUpWithinMs);
}

/** Whether nothing has happened for longer than a client may wait. */
export function isSilent({ calls, tries, downloads, endsAtMs, giveUpWithinMs }: Evidence): boolean {
  const last = Math.max(0, ...[...calls, ...tries, ...downloads].map(({ atMs }) => atMs));
  return isOverdue(endsAtMs - last, giveUpWithinMs);
}

function refusing(pack: Pack, role: Parameters<Pack['errors']['codeOf']>[0]): SetUp | null {
  const code = pack.errors.codeOf(role);
  return code === null ? null : { clock: 'real', scenario: `submit.${code}` };
}

function detour({ kinds }: Pack, course: 'unknown' | 'back-and-forth' | 'unready'): SetUp | null {
  const all = [...kinds.values()];
  const goes = all.every(({ steps, oddities }) =>
    course === 'back-and-forth' ? steps.length > 1 : oddities[course] !== null,
  );
  return goes ? { clock: 'polls', scenario: `state.${course}+callback.never` } : null;
}

/** The late callback is still far away when this one comes. */
function callBackWithTheLastPoll(mock: MockServer): void {
  const told = new Set<string>();
  mock.journal.subscribe((entry) => {
    if (entry.type !== 'request.answered' || entry.does !== 'poll' || entry.taskId === null) return;
    const task = mock.tasks.get(entry.taskId);
    if (task === undefined || task.outcome === null || told.has(task.id)) return;
    told.add(task.id);
    if (task.deliveries.length > 0) mock.tasks.redeliver(task.id);
  });
}
