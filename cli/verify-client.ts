import { CLIENT_CASES } from '../contract-tests/client/cases.ts';
import { clientCases } from '../contract-tests/client/client-settings.ts';
import { type ClientOptions, judgeClient } from '../contract-tests/client/judge-client.ts';
import { QUICK, STIMULI } from '../contract-tests/client/stimuli.ts';
import { asFlag } from '../contract-tests/name-option.ts';
import { type SuiteReport, summarize } from '../contract-tests/report.ts';
import { readReport } from '../contract-tests/reporters/json.ts';
import type { Progress } from '../contract-tests/reporters/progress.ts';
import { CodedError } from '../mock-server/index.ts';
import { createAdminCalls } from './admin-calls.ts';
import { packsNamedBy } from './list-cases.ts';
import type { Printer } from './print.ts';
import { runSuite, type SuiteFlags } from './suite-output.ts';

export interface VerifyClientFlags extends SuiteFlags {
  /** `NAME=VALUE`, with placeholders such as `{url}`. */
  readonly env?: readonly string[];
  readonly pack?: readonly string[];
  readonly profile?: string;
  readonly seed?: string;
  readonly timeScale?: number;
  readonly timeLimit?: string;
  readonly giveUpWithin?: string;
  readonly downloadWithin?: string;
  readonly concurrency?: number;
  readonly jobs?: number;
  readonly allowCallback?: readonly string[];
  readonly quick?: boolean;
  /** A running mock, whose clients are judged by what they have done so far. */
  readonly url?: string;
  readonly adminToken?: string;
  readonly tls?: string | true;
}

/** Signals with the exit codes that shells use. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** Tests the client that a command runs. */
export function verifyClient(
  command: readonly string[],
  flags: VerifyClientFlags,
  printer: Printer,
): Promise<number> {
  if (flags.url !== undefined) return verifySeen(flags.url, command, flags, printer);
  const options = optionsOf(command, flags);
  // The client runs in its own process group, so Ctrl-C does not reach it. It is stopped when this process exits.
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
  const suite = {
    cases: CLIENT_CASES,
    packs: () => packsNamedBy(flags),
    wanted: flags.quick === true ? clientCases({ quick: true }).map(({ id }) => id) : undefined,
    judge:
      command.length === 0
        ? null
        : ({ started, finished, activity }: Progress) =>
            judgeClient(
              { ...options, onStarted: started, onFinished: finished, onActivity: activity },
              asFlag,
            ),
    missing: new CodedError(
      'OPTION_INVALID',
      'The command of the client is missing.',
      'Pass it after --, for example: stuntdouble verify client --env API_BASE={url} -- node client.js',
    ),
    announce: () => describeLimits(options),
  };
  return runSuite(suite, flags, printer);
}

/** Judges the clients of a running mock. */
function verifySeen(
  url: string,
  command: readonly string[],
  flags: VerifyClientFlags,
  printer: Printer,
): Promise<number> {
  if (command.length > 0) {
    throw new CodedError(
      'OPTION_INVALID',
      '--url judges what a running mock has seen, and runs no client',
      'Omit --url, or run the client yourself and pass no command.',
    );
  }
  const suite = {
    cases: CLIENT_CASES,
    packs: () => packsNamedBy(flags),
    judge: () => judgeSeen(url, flags),
    missing: new CodedError('OPTION_INVALID', 'no mock is named', 'Pass its address with --url.'),
    announce: () => `Judging the clients that have called ${url} so far.`,
  };
  return runSuite(suite, flags, printer);
}

/** Returns the verdicts of a running mock on the chosen cases. */
async function judgeSeen(url: string, { only, adminToken }: VerifyClientFlags): Promise<SuiteReport> {
  const verdicts = await createAdminCalls(url, adminToken ?? null).ask('GET', '/verdicts');
  const report = readReport(verdicts);
  if (only === undefined) return report;
  const cases = report.cases.filter(({ id }) => only.some((start) => id.startsWith(start.toUpperCase())));
  return { ...report, cases, summary: summarize(cases) };
}

function describeLimits({
  only,
  quick = false,
  jobs = 4,
  timeLimit = quick ? '12s' : '2m',
}: ClientOptions): string {
  const chosen = clientCases({ quick, ...(only === undefined ? {} : { only }) });
  const count = STIMULI.filter(
    ({ name }) => (!quick || QUICK.has(name)) && chosen.some(({ stimuli }) => stimuli.includes(name)),
  ).length;
  const what = chosen.length === 1 ? '1 case' : `${chosen.length} cases`;
  return `Testing ${what}. The client runs ${count === 1 ? 'once' : `up to ${count} times, ${jobs} in parallel (--jobs)`}, and again if a result is uncertain. Each run is stopped after ${timeLimit} (--time-limit).`;
}

function optionsOf(command: readonly string[], flags: VerifyClientFlags): ClientOptions {
  const { pack, env = [], tls, sarifLocation: _f, config: _g, ...rest } = flags;
  const { strict: _s, report: _r, list: _l, dryRun: _d, compare: _c, ...same } = rest;
  return {
    ...same,
    command,
    env: Object.fromEntries(env.map(readVariable)),
    ...(pack === undefined ? {} : { packs: pack }),
    ...(tls === undefined ? {} : { tls: tls === true ? '.stuntdouble' : tls }),
  };
}

function readVariable(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
