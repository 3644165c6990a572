import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchers } from './matchers.ts';
import { RECEIVER_CASES } from './receiver/cases.ts';
import { type Court, openCourt, type ReceiverOptions } from './receiver/judge-receiver.ts';
import type { CaseReport, Level, Verdict } from './report.ts';

declare module 'vitest' {
  interface Matchers<T> {
    /** Whether a message is a callback of this event, like `runway.generate`. */
    toMatchCallback(event: string): T;
    /** Whether a message is an answer of this operation, by its operationId. */
    toMatchAnswer(pack: string, operation: string, status?: number): T;
  }
}

expect.extend(matchers);

export { matchers };

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
  const { app, path = '/', strict = false, url, only = [], ...rest } = options;
  const cases = RECEIVER_CASES.filter(
    ({ id }) => only.length === 0 || only.some((start) => id.startsWith(start)),
  );
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

    it.each(cases.map((one) => [`${one.id} ${one.title}`, one] as const))(
      '%s',
      async (_title, one) => {
        const report = await court.judge(one);
        const broken = brokenVerdicts(report, strict);
        if (broken.length > 0) throw new Error(explain(report, broken));
      },
      CASE_LIMIT_MS,
    );
  });
}

/** The longest a case may take with the vendor's own ack timeout. */
const CASE_LIMIT_MS = 120_000;

function serve(app: RequestListener): Promise<Server> {
  const server = createServer(app);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function brokenVerdicts({ level, verdicts }: CaseReport, strict: boolean): Verdict[] {
  const counts = (own: Level): boolean => own === 'must' || (strict && own === 'should');
  return Object.values(verdicts).filter(
    (verdict) => verdict.status === 'failed' && counts(verdict.level ?? level),
  );
}

function explain(
  { id, requirement, stimulus, why, remedy, timeline }: CaseReport,
  broken: readonly Verdict[],
): string {
  return [
    `${id}: ${requirement}`,
    `sent: ${stimulus}`,
    ...broken.flatMap(({ expected, actual }) => [`expected: ${expected}`, `actual: ${actual}`]),
    ...timeline.map(({ atMs, text }) => `  ${String(atMs).padStart(6)} ms  ${text}`),
    `why it matters: ${why}`,
    `to mend it: ${remedy}`,
  ].join('\n');
}
