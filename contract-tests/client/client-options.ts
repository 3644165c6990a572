import { randomBytes } from 'node:crypto';
import { CodedError, type OptionNames } from '../../mock-server/index.ts';
import type { OnActivity } from '../activity.ts';
import { commandLine, quote } from '../command-line.ts';
import { hideInCommand, isSecretVariable } from '../hide-keys.ts';
import { readMs } from '../read-duration.ts';
import type { CaseReport } from '../report.ts';
import {
  type ClientFunction,
  type ClientUnderTest,
  type CommandClient,
  clientOfCommand,
  clientOfFunction,
} from './client-under-test.ts';
import type { Measures } from './evidence.ts';
import type { AdvanceTimers } from './run-client.ts';
import { openTrust, type Trust } from './trust.ts';

/** Options of `judgeClient`. */
export interface ClientOptions extends Partial<CommandClient> {
  /** A function that does one job with the client, instead of a command. */
  readonly run?: ClientFunction;
  /** Pack folders in addition to the built-in ones. */
  readonly packs?: readonly string[];
  /** Profile of the packs (default: the first of each pack). */
  readonly profile?: string;
  /** Determines the task ids (default: new ones in each run). */
  readonly seed?: string | number;
  /** Ids, or prefixes of ids, of the cases to judge (default: all). */
  readonly only?: readonly string[];
  /** Judges only what a few short runs show, in less than 30 seconds for a client that polls every second (default: false). */
  readonly quick?: boolean;
  /** Factor by which the client waits less than in production: 30 when it polls every second instead of every 30 (default: 1). */
  readonly timeScale?: number;
  /** Longest duration of a run, wall time (default: 2 minutes; 12 seconds with `quick`). */
  readonly timeLimit?: string | number;
  /** Time after which the client must stop polling for a result that never arrives, in the client's own time (default: 15 minutes). */
  readonly giveUpWithin?: string | number;
  /** Time within which media should be downloaded, in the client's own time (default: per vendor). */
  readonly downloadWithin?: string | number;
  /** Number of tasks that the account may run at once (default: no limit). */
  readonly concurrency?: number;
  /** Number of runs in parallel (default: 4). */
  readonly jobs?: number;
  /** Hosts that may receive callbacks in addition to loopback and private addresses (default: none). */
  readonly allowCallback?: readonly string[];
  /** Folder of a certificate authority; the mock, its media and the callback URL then use https (default: plain HTTP). */
  readonly tls?: string;
  /** Advances the client's fake timers by milliseconds; the runs then use the virtual clock, one at a time. */
  readonly advanceTimers?: AdvanceTimers;
  /** Called with the id of each case when it starts. */
  readonly onStarted?: (id: string) => void;
  /** Called with the report of each case when it ends. */
  readonly onFinished?: (report: CaseReport) => void;
  /** Called with what the judge is doing or waiting for. */
  readonly onActivity?: OnActivity;
}

/** Names of all options of `judgeClient`. */
export const CLIENT_OPTIONS: OptionNames<ClientOptions> = {
  command: true,
  env: true,
  cwd: true,
  run: true,
  packs: true,
  profile: true,
  seed: true,
  only: true,
  quick: true,
  timeScale: true,
  timeLimit: true,
  giveUpWithin: true,
  downloadWithin: true,
  concurrency: true,
  jobs: true,
  allowCallback: true,
  tls: true,
  advanceTimers: true,
  onStarted: true,
  onFinished: true,
  onActivity: true,
};

/** Options of `judgeClient` with all defaults. */
export interface ClientSettings extends Measures {
  readonly client: ClientUnderTest;
  readonly options: ClientOptions;
  readonly seed: string;
  readonly limitMs: number;
  readonly jobs: number;
  readonly trust: Trust | null;
  /** Variables that each run adds to the client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Environment that the client is started with, without `env`. */
  readonly ambientEnv: Readonly<Record<string, string | undefined>>;
}

/** Long enough for a client that polls every second. */
const QUICK_LIMIT = '12s';

/** Validates the options and fills in defaults. @throws {CodedError} OPTION_INVALID */
export async function readClientSettings(options: ClientOptions): Promise<ClientSettings> {
  const { timeScale = 1, quick = false, giveUpWithin = '15m', downloadWithin, concurrency = null } = options;
  const { timeLimit = quick ? QUICK_LIMIT : '2m', tls } = options;
  if (!(Number.isFinite(timeScale) && timeScale > 0)) {
    throw new CodedError(
      'OPTION_INVALID',
      `timeScale must be a number above 0, such as 30, got ${timeScale}`,
    );
  }
  const isVirtual = options.advanceTimers !== undefined;
  const client = clientOf(options);
  const limitMs = readMs('timeLimit', timeLimit);
  const giveUpWithinMs = readMs('giveUpWithin', giveUpWithin);
  const trust = tls === undefined ? null : await openTrust(tls);
  const ambientEnv = { ...process.env, ...options.env };
  return {
    client,
    options,
    seed: String(options.seed ?? randomBytes(4).toString('hex')),
    limitMs,
    // Fake timers are global, so runs cannot overlap.
    jobs: isVirtual ? 1 : Math.max(1, options.jobs ?? 4),
    timeScale: isVirtual ? 1 : timeScale,
    time: isVirtual ? 'service' : 'wall',
    giveUpWithinMs,
    downloadWithinMs: downloadWithin === undefined ? null : readMs('downloadWithin', downloadWithin),
    concurrency,
    trust,
    ambientEnv,
    env: trust?.env ?? {},
  };
}

function clientOf({ run, command, env, cwd }: ClientOptions): ClientUnderTest {
  if (run !== undefined) return clientOfFunction(run);
  if (command !== undefined && command.length > 0) {
    return clientOfCommand({ command, cwd, ...(env === undefined ? {} : { env }) });
  }
  throw new CodedError(
    'OPTION_INVALID',
    'no client command was given',
    'Add the command after --, for example: stuntdouble verify client --env API_BASE={url} -- node client.js',
  );
}

/** Returns the command that judges only this case. */
export function replayLine(id: string, { options, seed }: ClientSettings): string {
  const { command = [], env = {} } = options;
  const line = commandLine(
    ['stuntdouble verify client --only', id],
    [
      ...(options.packs ?? []).map((dir) => ['--pack', dir] as const),
      ['--profile', options.profile],
      ['--seed', options.seed === undefined ? undefined : seed],
      ['--time-scale', options.timeScale],
      ['--time-limit', options.timeLimit],
      ['--give-up-within', options.giveUpWithin],
      ['--download-within', options.downloadWithin],
      ['--concurrency', options.concurrency],
      ...(options.allowCallback ?? []).map((host) => ['--allow-callback', host] as const),
      ['--tls', options.tls],
      ...Object.entries(env)
        .filter(([name, value]) => !isSecretVariable(name, value))
        .map(([name, value]) => ['--env', `${name}=${value}`] as const),
    ],
  );
  // The values of keys are taken from the shell, so that they are not printed.
  const keys = Object.entries(env).filter(([name, value]) => isSecretVariable(name, value));
  const whole = [line, ...keys.map(([name]) => `--env "${name}=$${name}"`)].join(' ');
  return command.length === 0 ? whole : `${whole} -- ${hideInCommand(command).map(quote).join(' ')}`;
}
