import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type MockServerOptions } from '../mock-server/index.ts';
import { chooseCases } from './choose-cases.ts';
import { CLIENT_CASES } from './client/cases.ts';
import { type ClientOptions, judgeClient } from './client/judge-client.ts';
import { matchers } from './matchers.ts';
import { RECEIVER_CASES } from './receiver/cases.ts';
import { type Court, openCourt } from './receiver/court.ts';
import type { ReceiverOptions } from './receiver/receiver-options.ts';
import { brokenLevel, type CaseReport, type SuiteReport } from './report.ts';

declare module 'vitest' {
  interface Matchers<T> {
    /** Whether a message is a callback of this event, like `runway.generate`. */
    toMatchCallback(event: string): T;
    /** Whether a message is an answer of this operation, by its operationId. */
    toMatchAnswer(pack: string, operation: string, status?: number): T;
  }
}

expect.extend(matchers);

export type { ClientContext } from './client/client-under-test.ts';
export type { CallbackOf, CallbackPayloads } from './payload/callback-of.ts';
export { matchers };

export interface UseMockOptions extends MockServerOptions {
  /** Variables of the environment while the tests of the file run; `{url}` and `{key}` are filled in. */
  readonly env?: Readonly<Record<string, string>>;
  /** What `{key}` stands for. */
  readonly key?: string;
}

/**
 * Starts a mock for the tests of a file, and tells the application where it is by its environment.
 * @returns the mock; it can be used from the first `beforeAll` on
 */
export function useMock({ env = {}, key = 'sd-test-key', ...options }: UseMockOptions = {}): {
  readonly mock: MockServer;
} {
  let mock: MockServer | undefined;
  const before = new Map<string, string | undefined>();
  beforeAll(async () => {
    mock = await createMockServer(options).listen();
    for (const [name, text] of Object.entries(env)) {
      before.set(name, process.env[name]);
      process.env[name] = text.replaceAll('{url}', mock.url).replaceAll('{key}', key);
    }
  });
  afterAll(async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await mock?.close();
  });
  return {
    get mock() {
      if (mock === undefined) throw new Error('the mock is started by beforeAll: use it in a test or a hook');
      return mock;
    },
  };
}

/** Everything `verify receiver` takes, and an app in place of a URL. */
export interface ReceiverContractOptions extends Omit<ReceiverOptions, 'url' | 'onStarted' | 'onFinished'> {
  /** Where the receiver listens; or `app`. */
  readonly url?: string;
  /** An Express app or any `node:http` listener: it is served on a port of its own. */
  readonly app?: RequestListener;
  /** Where the app takes callbacks; `/` when left out. */
  readonly path?: string;
  /** A broken SHOULD fails its test, too. */
  readonly strict?: boolean;
}

/**
 * Registers one test for each case of the receiver contract. What cannot be seen, or does not apply, is skipped with
 * the reason.
 */
export function receiverContract(options: ReceiverContractOptions): void {
  const { app, path = '/', strict = false, url, only, ...rest } = options;
  const cases = chooseCases(RECEIVER_CASES, only);
  describe(`receiver contract of ${options.event}`, () => {
    let court: Court;
    let server: Server | undefined;
    beforeAll(async () => {
      server = app === undefined ? undefined : await serve(app);
      const own =
        server === undefined ? url : `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
      court = await openCourt({ ...rest, url: own ?? '' });
    });
    afterAll(async () => {
      await court?.close();
      server?.closeAllConnections();
      await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
    });

    it.for(cases.map((one) => [`${one.id} ${one.title}`, one] as const))(
      '%s',
      { timeout: CASE_LIMIT_MS },
      async ([, one], { skip }) => settle(await court.judge(one), strict, skip),
    );
  });
}

/** Everything `verify client` takes; `run` does one job with your client. */
export interface ClientContractOptions extends Omit<ClientOptions, 'onStarted' | 'onFinished'> {
  /** A broken SHOULD fails its test, too. */
  readonly strict?: boolean;
}

/**
 * Registers one test for each case of the client contract. The client is run before the first of them, once for each
 * thing that can happen to it. What cannot be seen, or does not apply, is skipped with the reason.
 */
export function clientContract({ strict = false, ...options }: ClientContractOptions): void {
  const cases = chooseCases(CLIENT_CASES, options.only);
  describe('client contract', () => {
    let report: SuiteReport;
    beforeAll(async () => {
      report = await judgeClient(options);
    }, CLIENT_LIMIT_MS);

    it.for(cases.map((one) => [`${one.id} ${one.title}`, one] as const))('%s', ([, { id }], { skip }) => {
      const own = report.cases.find((one) => one.id === id);
      if (own === undefined) throw new Error(`${id} was not judged`);
      settle(own, strict, skip);
    });
  });
}

/** The longest a case may take with the vendor's own ack timeout. */
const CASE_LIMIT_MS = 120_000;
/** All runs of a client together; each has a limit of its own. */
const CLIENT_LIMIT_MS = 60 * 60_000;

function serve(app: RequestListener): Promise<Server> {
  const server = createServer(app);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Passes, skips or fails the test of a case. */
function settle(report: CaseReport, strict: boolean, skip: (reason: string) => void): void {
  const level = brokenLevel(report);
  if (level === 'must' || (strict && level === 'should')) throw new Error(explain(report));
  const verdicts = Object.values(report.verdicts);
  const isJudged = verdicts.some(({ status }) => status !== 'not-applicable' && status !== 'not-observable');
  if (!isJudged) skip(verdicts[0]?.actual ?? 'nothing was judged');
}

function explain({ id, requirement, stimulus, why, remedy, timeline, verdicts }: CaseReport): string {
  const broken = Object.values(verdicts).filter(({ status }) => status === 'failed');
  return [
    `${id}: ${requirement}`,
    `what happened: ${stimulus}`,
    ...broken.flatMap(({ expected, actual }) => [`expected: ${expected}`, `actual: ${actual}`]),
    ...timeline.map(({ atMs, text }) => `  ${String(Math.round(atMs)).padStart(6)} ms  ${text}`),
    `why it matters: ${why}`,
    `to mend it: ${remedy}`,
  ].join('\n');
}
