import { CLIENT_CASES } from '../contract-tests/client/cases.ts';
import { type ClientOptions, judgeClient } from '../contract-tests/client/judge-client.ts';
import type { Progress } from '../contract-tests/reporters/progress.ts';
import { CodedError } from '../mock-server/index.ts';
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
    judge:
      command.length === 0
        ? null
        : ({ started, finished, activity }: Progress) =>
            judgeClient({ ...options, onStarted: started, onFinished: finished, onActivity: activity }),
    missing: new CodedError(
      'OPTION_INVALID',
      'there is no client to judge',
      'Write its command after --, like: stuntdouble verify client --env API_BASE={url} -- node client.js',
    ),
  };
  return runSuite(suite, flags, printer);
}

function optionsOf(command: readonly string[], flags: VerifyClientFlags): ClientOptions {
  const { pack, env = [], sarifLocation: _f, ...rest } = flags;
  const { strict: _s, report: _r, list: _l, dryRun: _d, compare: _c, ...same } = rest;
  return {
    ...same,
    command,
    env: Object.fromEntries(env.map(readVariable)),
    ...(pack === undefined ? {} : { packs: pack }),
  };
}

function readVariable(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CodedError(
    'OPTION_INVALID',
    `--env takes NAME=VALUE, got "${text}"`,
    'Like --env API_BASE={url}',
  );
}
