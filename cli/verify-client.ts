import { CLIENT_CASES } from '../contract-tests/client/cases.ts';
import { type ClientOptions, clientCases, judgeClient } from '../contract-tests/client/judge-client.ts';
import { QUICK, STIMULI } from '../contract-tests/client/stimuli.ts';
import type { Progress } from '../contract-tests/reporters/progress.ts';
import { CodedError } from '../mock-server/index.ts';
import { packsNamedBy } from './list-cases.ts';
import type { Printer } from './print.ts';
import { runSuite, type SuiteFlags } from './suite-output.ts';

export interface VerifyClientFlags extends SuiteFlags {
  /** `NAME=VALUE`, with `{url}` and the like to be filled in. */
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
  readonly tls?: string | true;
}

/** With the exit code that shells give. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** Judges the client that a command runs. */
export function verifyClient(
  command: readonly string[],
  flags: VerifyClientFlags,
  printer: Printer,
): Promise<number> {
  const options = optionsOf(command, flags);
  // The client has a process group of its own, so Ctrl-C does not reach it; what ends with us is ended on exit.
  for (const [signal, code] of SIGNALS) process.once(signal, () => process.exit(code));
  const suite = {
    cases: CLIENT_CASES,
    packs: () => packsNamedBy(flags),
    wanted: flags.quick === true ? clientCases({ quick: true }).map(({ id }) => id) : undefined,
    judge:
      command.length === 0
        ? null
        : ({ started, finished, activity }: Progress) =>
            judgeClient({ ...options, onStarted: started, onFinished: finished, onActivity: activity }),
    missing: new CodedError(
      'OPTION_INVALID',
      'There is no client to judge.',
      'Write its command after --, like: stuntdouble verify client --env API_BASE={url} -- node client.js',
    ),
    announce: () => sayLimits(options),
  };
  return runSuite(suite, flags, printer);
}

function sayLimits({
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
  return `Judging ${what}. The client runs ${count === 1 ? 'once' : `up to ${count} times, ${jobs} at a time (--jobs)`}, and again where a run leaves doubts; each run ends after ${timeLimit} at the latest (--time-limit).`;
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
