import { relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OptionNames, refuseUnknownOptions } from '../mock-server/internal.ts';
import type { App } from './app-under-test.ts';
import { caseOutcome } from './case-outcome.ts';
import { chooseCases } from './choose-cases.ts';
import { CLIENT_CASES } from './client/cases.ts';
import { CLIENT_OPTIONS, type ClientOptions } from './client/client-options.ts';
import { judgeClient } from './client/judge-client.ts';
import { quote } from './command-line.ts';
import { explainRun, openContractRun } from './contract-run.ts';
import { matchers } from './matchers.ts';
import { placelessError, readableError } from './readable-error.ts';
import { RECEIVER_CASES } from './receiver/cases.ts';
import { judgingOrder } from './receiver/judge-receiver.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions } from './receiver/receiver-options.ts';
import { wantedCases } from './receiver/receiver-settings.ts';
import { openTrial, type ReceiverTrial } from './receiver-trial.ts';
import type { CaseReport, SuiteReport } from './report.ts';
import { type UsedMock, type UseMockOptions, useMockWith } from './use-mock.ts';
import { within } from './within.ts';

declare module 'vitest' {
  interface Matchers<T> {
    /** Passes for a valid callback of the event, such as `runway.generate`. */
    toMatchCallback(event: string): T;
    /** Passes for a valid answer of the operation, by its operationId. */
    toMatchAnswer(pack: string, operation: string, status?: number): T;
  }
}

expect.extend(matchers);

export type { App, FetchHandler } from './app-under-test.ts';
export type { ClientContext } from './client/client-under-test.ts';
export type { CallbackOf, CallbackPayloads } from './payload/callback-of.ts';
export { type StartedMock, type StartMockOptions, startMock } from './start-mock.ts';
export type { UsedMock, UseMockOptions } from './use-mock.ts';
export { matchers };

/**
 * Starts a mock before the tests of a file and stops it after them. The environment is set in `beforeAll`, which is too
 * late for modules that read `process.env` when they are imported. Import those in a test or a hook, or use
 * {@link startMock} in `vi.hoisted` or a setup file.
 * @returns the mock, for use in tests and hooks
 */
export function useMock(options: UseMockOptions = {}): UsedMock {
  return useMockWith({ before: beforeAll, after: afterAll }, options);
}

/** Options of `judgeReceiver`, with an app instead of a URL. */
export interface ReceiverContractOptions
  extends Omit<ReceiverOptions, 'url' | 'onStarted' | 'onFinished' | 'onActivity' | 'errors'> {
  /** URL of a running receiver; alternative to `app`. */
  readonly url?: string;
  /**
   * Receiver to serve on a free port: an Express, Fastify, Koa or Hono app, a `node:http` listener or server,
   * a fetch handler `(Request) => Response`, an object with `fetch`, or a function that returns one of these.
   */
  readonly app?: App;
  /** Path of the app that callbacks are sent to (default: `/`). */
  readonly path?: string;
  /** Whether tests also fail for an unmet SHOULD, a non-strict answer, or an unobservable aspect (default: false). */
  readonly strict?: boolean;
}

const RECEIVER_CONTRACT_OPTIONS: OptionNames<ReceiverContractOptions> = (() => {
  const { onStarted, onFinished, onActivity, errors, ...own } = RECEIVER_OPTIONS;
  return { ...own, app: true, path: true, strict: true };
})();

/**
 * Registers one test for each case of the receiver contract. A test passes when the whole requirement
 * was observed and met. It is skipped, with the reason, when a SHOULD is not met, or when the case is not observable or
 * not applicable.
 */
export function receiverContract(options: ReceiverContractOptions): void {
  refuseUnknownOptions('receiverContract()', options, RECEIVER_CONTRACT_OPTIONS);
  const { app, path = '/', strict = false, url, ...rest } = options;
  const { parallel, serial } = judgingOrder(chooseCases(RECEIVER_CASES, wantedCases(options)));
  const cases = [...parallel, ...serial];
  const name = `receiver contract of ${options.event}`;
  describe(name, () => {
    let trial: ReceiverTrial | undefined;
    const run = openContractRun(name, { total: cases.length, strict });
    beforeAll(async () => {
      trial = await openTrial({ app, path, url, options: rest, run, limitMs: CONTACT_LIMIT_MS - GRACE_MS });
    }, CONTACT_LIMIT_MS);
    afterAll(async () => {
      run.end();
      await trial?.close();
    });

    it.for(cases.map((one) => [`${one.id} ${one.title}`, one] as const))(
      '%s',
      { timeout: CASE_LIMIT_MS },
      async ([, one], { skip }) => {
        if (trial === undefined) throw new Error('The receiver was not judged, because its setup failed.');
        run.started(one.id);
        const limitMs = CASE_LIMIT_MS - GRACE_MS;
        const judged = await within(trial.judge(one), limitMs, () => run.explainDelay(one.id, limitMs));
        run.finished(judged);
        settle(judged, strict, skip);
      },
    );
  });
}

/** Options of `judgeClient`; `run` does one job with your client. */
export interface ClientContractOptions
  extends Omit<ClientOptions, 'onStarted' | 'onFinished' | 'onActivity'> {
  /** Whether tests also fail for an unmet SHOULD or an unobservable aspect (default: false). */
  readonly strict?: boolean;
}

const CLIENT_CONTRACT_OPTIONS: OptionNames<ClientContractOptions> = (() => {
  const { onStarted, onFinished, onActivity, ...own } = CLIENT_OPTIONS;
  return { ...own, strict: true };
})();

/**
 * Registers one test for each case of the client contract. The client runs before the first test, once for each
 * stimulus. A test is skipped, with the reason, when a SHOULD is not met, or when the case is not observable or not
 * applicable.
 */
export function clientContract(own: ClientContractOptions): void {
  refuseUnknownOptions('clientContract()', own, CLIENT_CONTRACT_OPTIONS);
  const { strict = false, ...options } = own;
  const cases = chooseCases(CLIENT_CASES, options.only);
  describe('client contract', () => {
    let report: SuiteReport;
    const run = openContractRun('client contract', { total: cases.length, strict });
    beforeAll(async () => {
      const { onActivity, started: onStarted, finished: onFinished } = run;
      report = await judgeClient({ ...options, onActivity, onStarted, onFinished }).catch(
        (error: unknown) => {
          throw readableError(error);
        },
      );
      const why = explainRun(report);
      if (why !== null) run.say(why);
      if (report.inconclusive !== null) throw placelessError(why ?? report.inconclusive);
    }, CLIENT_LIMIT_MS);
    afterAll(() => run.end());

    it.for(cases.map((one) => [`${one.id} ${one.title}`, one] as const))('%s', ([, { id }], { skip }) => {
      const own = report.cases.find((one) => one.id === id);
      if (own === undefined) return skip('not judged: this run does not include the case');
      settle(own, strict, skip);
    });
  });
}

/**
 * Upper bound for the first contact with a receiver: a good callback and its downloads, with the vendor's ack
 * timeout.
 */
const CONTACT_LIMIT_MS = 120_000;
/** Upper bound for a case with the vendor's ack timeout. */
const CASE_LIMIT_MS = 120_000;
/** Time reserved before the test runner's own timeout, to report the reason. */
const GRACE_MS = 2000;
/** Upper bound for all runs of a client together; each run has its own limit. */
const CLIENT_LIMIT_MS = 60 * 60_000;

/** Passes, skips, or fails the test of a case. */
function settle(report: CaseReport, strict: boolean, skip: (reason: string) => void): void {
  const outcome = caseOutcome({ ...report, replay: replayHere(report.id) }, strict);
  if (outcome.type === 'failed') throw placelessError(outcome.message);
  if (outcome.type === 'skipped') skip(outcome.reason);
}

/**
 * Returns the command that runs the test of a case again, because an app in this process cannot be judged from
 * outside.
 */
function replayHere(id: string): string {
  const { testPath } = expect.getState();
  const file = testPath === undefined ? [] : [quote(relative(process.cwd(), testPath))];
  return ['npx vitest run', ...file, '-t', id].join(' ');
}
