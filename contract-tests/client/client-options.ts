import { randomBytes } from 'node:crypto';
import { CodedError } from '../../mock-server/index.ts';
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
import type { AdvanceTimers } from './play-run.ts';
import { openTrust, type Trust } from './trust.ts';

/** What a client's judge can be told. */
export interface ClientOptions extends Partial<CommandClient> {
  /** In place of a command: a function that does one job with the client. */
  readonly run?: ClientFunction;
  /** Pack folders in addition to the built-in ones. */
  readonly packs?: readonly string[];
  readonly profile?: string;
  readonly seed?: string | number;
  /** Ids, or beginnings of ids, of the cases to judge; all when left out. */
  readonly only?: readonly string[];
  /** Judges only what a few short runs show: under 30 seconds for a client that polls every second. */
  readonly quick?: boolean;
  /** How much faster than in production the client's own timers are set: 30 when it polls each second for each 30. 1 when left out. */
  readonly timeScale?: number;
  /** When a run is ended, wall time; 2 minutes when left out, 12 seconds with `quick`. */
  readonly timeLimit?: string | number;
  /** How long a client may keep asking for what never comes, in its own time; 15 minutes when left out. */
  readonly giveUpWithin?: string | number;
  /** How soon media should be downloaded, in the client's own time; the pack's when left out. */
  readonly downloadWithin?: string | number;
  /** How many tasks the account may run at once. */
  readonly concurrency?: number;
  /** How many runs go on in parallel; 4 when left out. */
  readonly jobs?: number;
  /** Hosts of the client's receiver beyond loopback and private addresses. */
  readonly allowCallback?: readonly string[];
  /** The mock, its media and the callback URL are https, by an authority that is kept in this folder. */
  readonly tls?: string;
  /** Moves the fake timers of a function's client: the runs are then played on the virtual clock, one by one. */
  readonly advanceTimers?: AdvanceTimers;
  readonly onStarted?: (id: string) => void;
  readonly onFinished?: (report: CaseReport) => void;
  readonly onActivity?: OnActivity;
}

/** The same with every default filled in. */
export interface ClientSettings extends Measures {
  readonly client: ClientUnderTest;
  readonly options: ClientOptions;
  readonly seed: string;
  readonly limitMs: number;
  readonly jobs: number;
  readonly trust: Trust | null;
  /** Variables that each run adds to the client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The environment that the client is started with, without those. */
  readonly given: Readonly<Record<string, string | undefined>>;
}

/** A poll each second, and the pack's tasks take some seconds. */
const QUICK_LIMIT = '12s';

/** @throws {CodedError} OPTION_INVALID */
export async function readClientSettings(options: ClientOptions): Promise<ClientSettings> {
  const { timeScale = 1, quick = false, giveUpWithin = '15m', downloadWithin, concurrency = null } = options;
  const { timeLimit = quick ? QUICK_LIMIT : '2m', tls } = options;
  if (!(Number.isFinite(timeScale) && timeScale > 0)) {
    throw new CodedError('OPTION_INVALID', `timeScale must be a factor above 0, like 30, got ${timeScale}`);
  }
  const isVirtual = options.advanceTimers !== undefined;
  const client = clientOf(options);
  const limitMs = readMs('timeLimit', timeLimit);
  const giveUpWithinMs = readMs('giveUpWithin', giveUpWithin);
  const trust = tls === undefined ? null : await openTrust(tls);
  const given = { ...process.env, ...options.env };
  return {
    client,
    options,
    seed: String(options.seed ?? randomBytes(4).toString('hex')),
    limitMs,
    // Fake timers are everybody's.
    jobs: isVirtual ? 1 : Math.max(1, options.jobs ?? 4),
    timeScale: isVirtual ? 1 : timeScale,
    time: isVirtual ? 'service' : 'wall',
    giveUpWithinMs,
    downloadWithinMs: downloadWithin === undefined ? null : readMs('downloadWithin', downloadWithin),
    concurrency,
    trust,
    given,
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
    'there is no client to judge',
    'Write its command after --, like: stuntdouble verify client --env API_BASE={url} -- node client.js',
  );
}

/** The command that judges one case alone. */
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
  // The shell of whoever runs it again knows them.
  const keys = Object.entries(env).filter(([name, value]) => isSecretVariable(name, value));
  const whole = [line, ...keys.map(([name]) => `--env "${name}=$${name}"`)].join(' ');
  return command.length === 0 ? whole : `${whole} -- ${hideInCommand(command).map(quote).join(' ')}`;
}
