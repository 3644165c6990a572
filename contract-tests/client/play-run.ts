import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createCourier,
  createMockServer,
  type JournalEntry,
  type MockServer,
  type Pack,
} from '../../mock-server/index.ts';
import type { ClientContext, ClientUnderTest } from './client-under-test.ts';
import type { RunFacts } from './evidence.ts';
import type { Ending } from './run-command.ts';
import { PROMPT, type SetUp } from './stimuli.ts';
import type { Trust } from './trust.ts';

/** Moves the client's own timers on, where it has fakes of them. @param durationMs of the client's time */
export type AdvanceTimers = (durationMs: number) => unknown;

export interface RunOptions {
  readonly client: ClientUnderTest;
  readonly setUp: SetUp;
  /** What this run is called. */
  readonly name: string;
  /** Null while nobody knows which vendor the client calls: then the mock serves all. */
  readonly pack: Pack | null;
  readonly packs: readonly string[];
  readonly profile: string | undefined;
  readonly seed: string;
  readonly key: string;
  readonly timeScale: number;
  /** Wall time. */
  readonly limitMs: number;
  readonly allowCallback: readonly string[];
  /** Variables of the client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** For a mock that speaks https; null for plain HTTP. */
  readonly trust: Trust | null;
  /** Runs on the virtual clock, hand in hand with the client's timers. */
  readonly advanceTimers: AdvanceTimers | null;
  /** Whether the run has nothing more to show; asked now and then while it goes on. */
  readonly isOver: ((soFar: PlayedRun) => boolean) | null;
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
  const { setUp, key, trust } = options;
  const dir = await mkdtemp(join(tmpdir(), 'stuntdouble-client-'));
  const mock = await openMock(options);
  const startedAt = performance.now();
  for (const scenario of setUp.queue ?? []) mock.scenarios.enqueue(scenario);
  setUp.meddle?.(mock);
  let callbackUrl: string | null = null;
  const sink = `${mock.url}/__sink`;
  const prompt = setUp.prompt ?? PROMPT;
  const context: ClientContext = {
    url: mock.url,
    key,
    prompt,
    caFile: trust?.caFile ?? null,
    dir,
    signal: new AbortController().signal,
    get callback() {
      callbackUrl = sink;
      return sink;
    },
    log: () => undefined,
  };
  const played = (ending: Ending): PlayedRun => ({
    entries: mock.journal.entries(),
    facts: { ...ending, prompt, key, callbackUrl, timeZone: TIME_ZONE },
    endedAt: new Date().toISOString(),
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    let ending = await runOnce(mock, options, context, played);
    if (setUp.between !== undefined && ending.exitCode !== null) {
      await setUp.between(mock);
      const second = await runOnce(mock, options, context, played);
      ending = { ...second, output: `${ending.output}${second.output}` };
    }
    const { endedAt } = played(ending);
    // What was in flight when the client ended is in the journal once its connections are closed.
    await mock.close();
    return { ...played(ending), endedAt };
  } finally {
    await mock.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** How often a run is looked at. */
const LOOK_EVERY_MS = 200;

async function runOnce(
  mock: MockServer,
  options: RunOptions,
  context: ClientContext,
  played: (ending: Ending) => PlayedRun,
): Promise<Ending> {
  const { client, limitMs, env, isOver, advanceTimers } = options;
  const stop = new AbortController();
  const unfinished: Ending = { exitCode: null, output: '' };
  const look = (): void => {
    if (isOver?.(played(unfinished)) === true) stop.abort();
  };
  // On a virtual clock the times of the journal are not those of the wall.
  const timer = isOver === null || advanceTimers !== null ? undefined : every(look, LOOK_EVERY_MS);
  try {
    const limits = { limitMs, timeZone: TIME_ZONE, env, stop: stop.signal };
    return await driven(mock, options, client.run(context, limits));
  } finally {
    if (timer !== undefined) never(timer);
  }
}

/** Longer than clients usually wait. */
const LONGEST_ANSWER_MS = 30_000;

function openMock(options: RunOptions): Promise<MockServer> {
  const { setUp, pack, packs, profile, seed, name, timeScale, advanceTimers, limitMs, allowCallback, trust } =
    options;
  const clock = advanceTimers === null ? setUp.clock : 'virtual';
  const retryAfterMs = setUp.retryAfterMs?.(limitMs);
  return createMockServer({
    ...(pack === null ? { packs } : { builtIn: false, packs: [pack.dir] }),
    ...(pack === null ? (profile === undefined ? {} : { profile }) : { profile: pack.profile }),
    ...(setUp.scenario === undefined ? {} : { scenario: setUp.scenario }),
    clock,
    ...(clock === 'real' ? { speed: Math.max(20, timeScale) } : {}),
    // Its tasks end by themselves, so only the stimulus decides how the vendor refuses.
    rateLimit: 'off',
    ...(retryAfterMs === undefined ? {} : { retryAfter: retryAfterMs }),
    slowAnswer: Math.min(LONGEST_ANSWER_MS, limitMs / 3),
    seed: `${seed} ${name}`,
    grace: 0,
    allowCallback,
    ...(trust === null ? {} : { courier: createCourier({ allow: allowCallback, ca: trust.authorities }) }),
  }).listen(trust === null ? {} : { tls: trust.certificate });
}

/** How far both clocks move at a time. */
const STRIDE_MS = 1000;
// As they are before anybody's tests fake them.
const { setTimeout: later, setImmediate: soon, setInterval: every, clearInterval: never } = globalThis;

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
  let happened = 0;
  const leave = mock.journal.subscribe(() => {
    happened += 1;
  });
  while (!isOver) {
    await quiet(() => happened);
    await advanceTimers(STRIDE_MS);
    // A task that never ends stands still while the client's time goes on.
    if (setUp.clock !== 'virtual') await mock.clock.advance(STRIDE_MS);
  }
  leave();
  return ended;
}

/** What the client was woken for has reached the mock, and come back. */
async function quiet(happened: () => number): Promise<void> {
  for (let seen = -1; seen !== happened(); ) {
    seen = happened();
    await new Promise((resolve) => later(resolve, 2));
    await new Promise((resolve) => soon(resolve));
  }
}
