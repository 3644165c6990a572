import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockServer, type JournalEntry, type MockServer, type Pack } from '../../mock-server/index.ts';
import type { ClientContext, ClientUnderTest } from './client-under-test.ts';
import type { RunFacts } from './evidence.ts';
import type { Ending } from './run-command.ts';
import { PROMPT, type SetUp } from './stimuli.ts';

/** Moves the client's own timers on, where it has fakes of them. @param durationMs of the client's time */
export type AdvanceTimers = (durationMs: number) => unknown;

export interface RunOptions {
  readonly client: ClientUnderTest;
  readonly setUp: SetUp;
  /** What this run is called. */
  readonly name: string;
  /** Null while nobody knows which vendor the client calls: then the mock plays all. */
  readonly pack: Pack | null;
  readonly packs: readonly string[];
  readonly profile: string | undefined;
  readonly seed: string;
  readonly key: string;
  readonly timeScale: number;
  /** Wall time. */
  readonly limitMs: number;
  readonly allowCallback: readonly string[];
  /** Plays on the virtual clock, hand in hand with the client's timers. */
  readonly advanceTimers: AdvanceTimers | null;
}

/** What happened in one run of the client. */
export interface PlayedRun {
  readonly entries: readonly JournalEntry[];
  readonly facts: RunFacts;
  readonly endedAt: string;
  readonly durationMs: number;
}

/** Where nobody lives, so that times that are read as local can be seen. */
const TIME_ZONE = 'Etc/GMT-14';

/** Plays one stimulus to the client, against a mock of its own. */
export async function playRun(options: RunOptions): Promise<PlayedRun> {
  const { setUp, client, key } = options;
  const dir = await mkdtemp(join(tmpdir(), 'stuntdouble-client-'));
  const mock = await openMock(options);
  const startedAt = performance.now();
  for (const scenario of setUp.queue ?? []) mock.scenarios.enqueue(scenario);
  setUp.meddle?.(mock);
  let callbackUrl: string | null = null;
  const sink = `${mock.url}/__sink`;
  const context: ClientContext = {
    url: mock.url,
    key,
    prompt: setUp.prompt ?? PROMPT,
    dir,
    signal: new AbortController().signal,
    get callback() {
      callbackUrl = sink;
      return sink;
    },
    log: () => undefined,
  };
  const run = (): Promise<Ending> =>
    driven(mock, options, client.run(context, { limitMs: options.limitMs, timeZone: TIME_ZONE }));
  try {
    let ending = await run();
    if (setUp.between !== undefined && ending.exitCode !== null) {
      await setUp.between(mock);
      const second = await run();
      ending = { ...second, output: `${ending.output}${second.output}` };
    }
    const endedAt = new Date().toISOString();
    // What was under way when the client ended is in the journal once its connections are closed.
    await mock.close();
    return {
      entries: mock.journal.entries(),
      facts: { ...ending, key, callbackUrl, timeZone: TIME_ZONE },
      endedAt,
      durationMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    await mock.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Longer than clients usually wait. */
const LONGEST_ANSWER_MS = 30_000;

function openMock(options: RunOptions): Promise<MockServer> {
  const { setUp, pack, packs, profile, seed, name, timeScale, advanceTimers } = options;
  const clock = advanceTimers === null ? setUp.clock : 'virtual';
  return createMockServer({
    ...(pack === null ? { packs } : { builtIn: false, packs: [pack.dir] }),
    ...(pack === null ? (profile === undefined ? {} : { profile }) : { profile: pack.profile }),
    ...(setUp.scenario === undefined ? {} : { scenario: setUp.scenario }),
    clock,
    ...(clock === 'real' ? { speed: Math.max(20, timeScale) } : {}),
    // Its tasks end by themselves, so only the stimulus tells how the vendor refuses.
    rateLimit: 'off',
    slowAnswer: Math.min(LONGEST_ANSWER_MS, options.limitMs / 3),
    seed: `${seed} ${name}`,
    grace: 0,
    allowCallback: options.allowCallback,
  }).listen();
}

/** How far both clocks move at a time. */
const STRIDE_MS = 1000;
// As they are before anybody's tests fake them.
const { setTimeout: later, setImmediate: soon } = globalThis;

/** On a virtual clock, time passes for the client and for the mock in the same strides. */
async function driven(
  mock: MockServer,
  { advanceTimers, setUp }: RunOptions,
  running: Promise<Ending>,
): Promise<Ending> {
  if (advanceTimers === null) return running;
  let isOver = false;
  const ended = running.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await quiet(mock);
    await advanceTimers(STRIDE_MS);
    // A task that never ends stands still while the client's time goes on.
    if (setUp.clock !== 'virtual') await mock.clock.advance(STRIDE_MS);
  }
  return ended;
}

/** What the client was woken for has reached the mock, and come back. */
async function quiet(mock: MockServer): Promise<void> {
  for (let seen = -1; seen !== mock.journal.entries().length; ) {
    seen = mock.journal.entries().length;
    await new Promise((resolve) => later(resolve, 2));
    await new Promise((resolve) => soon(resolve));
  }
}
