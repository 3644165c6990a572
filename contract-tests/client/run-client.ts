import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMockServer, type JournalEntry, type MockServer, type Pack } from '../../mock-server/index.ts';
import { createCourier } from '../../mock-server/internal.ts';
import type { AdvanceTimers } from './client-options.ts';
import type { ClientContext, ClientUnderTest } from './client-under-test.ts';
import type { RunFacts } from './evidence.ts';
import type { Ending } from './run-command.ts';
import { PROMPT, type SetUp } from './stimuli.ts';
import type { Trust } from './trust.ts';

export interface RunOptions {
  readonly client: ClientUnderTest;
  readonly setUp: SetUp;
  /** Name of the run. */
  readonly name: string;
  /** Vendor that the client calls; null while it is unknown, and the mock then serves all. */
  readonly pack: Pack | null;
  readonly packs: readonly string[];
  /** Null for the first profile of each pack. */
  readonly profile: string | null;
  readonly seed: string;
  readonly key: string;
  readonly timeScale: number;
  /** Maximum duration, wall time. */
  readonly limitMs: number;
  readonly allowCallback: readonly string[];
  /** Variables that are added to the client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Certificates for https; null for plain HTTP. */
  readonly trust: Trust | null;
  /** Advances the client's timers together with the virtual clock; null on the real clock. */
  readonly advanceTimers: AdvanceTimers | null;
  /** Whether the run can stop early; called repeatedly during the run. */
  readonly isOver: ((soFar: ClientRun) => boolean) | null;
}

/** Result of one run of the client. */
export interface ClientRun {
  readonly entries: readonly JournalEntry[];
  readonly facts: RunFacts;
  readonly endedAt: string;
  readonly durationMs: number;
}

/** A time zone that no server uses, so that reading a time as local is visible. */
const TIME_ZONE = 'Etc/GMT-14';

/** Runs the client once with a stimulus, against its own mock. */
export async function runClient(options: RunOptions): Promise<ClientRun> {
  const { setUp, key, trust } = options;
  const dir = await mkdtemp(join(tmpdir(), 'stuntdouble-client-'));
  const mock = await openMock(options);
  const startedAt = performance.now();
  for (const scenario of setUp.queue ?? []) mock.scenarios.enqueue(scenario);
  setUp.interfere?.(mock);
  let callbackUrl: string | null = null;
  const sink = `${mock.url}/__sink`;
  const prompt = setUp.prompt ?? PROMPT;
  const context: ClientContext = {
    url: mock.url,
    // Each run serves only the packs that the client calls, so the prefix is not looked up.
    urlOf: (name) => `${mock.url}/${name}`,
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
  const snapshot = (ending: Ending): ClientRun => ({
    entries: mock.journal.entries(),
    facts: { ...ending, client: options.client.kind, prompt, key, callbackUrl, timeZone: TIME_ZONE },
    endedAt: new Date().toISOString(),
    durationMs: Math.round(performance.now() - startedAt),
  });
  try {
    let ending = await runOnce(mock, options, context, snapshot);
    if (setUp.between !== undefined && ending.exitCode !== null) {
      await setUp.between(mock);
      const second = await runOnce(mock, options, context, snapshot);
      ending = { ...second, output: `${ending.output}${second.output}` };
    }
    const { endedAt } = snapshot(ending);
    // Requests in flight enter the journal only once their connections are closed.
    await mock.close();
    return { ...snapshot(ending), endedAt };
  } finally {
    await mock.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Interval at which a run is checked for its early end. */
const CHECK_EVERY_MS = 200;

async function runOnce(
  mock: MockServer,
  options: RunOptions,
  context: ClientContext,
  snapshot: (ending: Ending) => ClientRun,
): Promise<Ending> {
  const { client, limitMs, env, isOver, advanceTimers } = options;
  const stop = new AbortController();
  const unfinished: Ending = { exitCode: null, output: '' };
  const check = (): void => {
    if (isOver?.(snapshot(unfinished)) === true) stop.abort();
  };
  // On a virtual clock, the times in the journal are not wall times, so a run cannot be checked by them.
  const timer = isOver === null || advanceTimers !== null ? undefined : every(check, CHECK_EVERY_MS);
  try {
    const limits = { limitMs, timeZone: TIME_ZONE, env, stop: stop.signal };
    return await driven(mock, options, client.run(context, limits));
  } finally {
    if (timer !== undefined) never(timer);
  }
}

/** Longer than the usual request timeout of a client. */
const LONGEST_ANSWER_MS = 30_000;

function openMock(options: RunOptions): Promise<MockServer> {
  const { setUp, pack, packs, profile, seed, name, timeScale, advanceTimers, limitMs, allowCallback, trust } =
    options;
  const clock = advanceTimers === null ? setUp.clock : 'virtual';
  const retryAfterMs = setUp.retryAfterMs?.(limitMs);
  return createMockServer({
    ...(pack === null ? { packs } : { builtIn: false, packs: [pack.dir] }),
    ...(pack === null ? (profile === null ? {} : { profile }) : { profile: pack.profile }),
    ...(setUp.scenario === undefined ? {} : { scenario: setUp.scenario }),
    clock,
    ...(clock === 'real' ? { speed: Math.max(20, timeScale) } : {}),
    // Only the stimulus decides which submissions are rejected.
    rateLimit: 'off',
    ...(retryAfterMs === undefined ? {} : { retryAfter: retryAfterMs }),
    slowAnswer: Math.min(LONGEST_ANSWER_MS, limitMs / 3),
    seed: `${seed} ${name}`,
    grace: 0,
    allowCallback,
    ...(trust === null ? {} : { courier: createCourier({ allow: allowCallback, ca: trust.authorities }) }),
  }).listen(trust === null ? {} : { tls: trust.certificate });
}

/** Step by which both clocks advance. */
const STEP_MS = 1000;
// The real timers, before a test replaces them with fakes.
const { setTimeout: later, setImmediate: soon, setInterval: every, clearInterval: never } = globalThis;

/** Advances the clock of the mock and the client's timers in the same steps until the run ends. */
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
  const unsubscribe = mock.journal.subscribe(() => {
    happened += 1;
  });
  while (!isOver) {
    await quiet(() => happened);
    await advanceTimers(STEP_MS);
    // For a task that never finishes, only the client's time advances.
    if (setUp.clock !== 'virtual') await mock.clock.advance(STEP_MS);
  }
  unsubscribe();
  return ended;
}

/** Waits until the journal stops growing: the client has finished what its timers started. */
async function quiet(happened: () => number): Promise<void> {
  for (let seen = -1; seen !== happened(); ) {
    seen = happened();
    await new Promise((resolve) => later(resolve, 2));
    await new Promise((resolve) => soon(resolve));
  }
}
