import { randomBytes } from 'node:crypto';
import { CodedError, loadPacks } from '../../mock-server/index.ts';
import { didYouMean } from '../../mock-server/internal.ts';
import type { OnActivity } from '../activity.ts';
import { chooseCases } from '../choose-cases.ts';
import { isSecretVariable, keysInCommand } from '../hide-keys.ts';
import { asOption, type NameOption } from '../name-option.ts';
import { readMs } from '../read-duration.ts';
import type { CaseReport } from '../report.ts';
import { CLIENT_CASES } from './cases.ts';
import type { ClientCase } from './client-case.ts';
import type { AdvanceTimers, ClientOptions } from './client-options.ts';
import {
  type ClientUnderTest,
  clientOfCommand,
  clientOfFunction,
  packsNamedIn,
} from './client-under-test.ts';
import type { Measures } from './evidence.ts';
import { QUICK } from './stimuli.ts';
import { openTrust, type Trust } from './trust.ts';

/** Options of `judgeClient`, validated and with all defaults. */
export interface ClientSettings extends Measures {
  readonly client: ClientUnderTest;
  readonly cases: readonly ClientCase[];
  /** Whether only a few short runs are judged. */
  readonly isQuick: boolean;
  /** Pack folders in addition to the built-in ones. */
  readonly packDirs: readonly string[];
  /** Null for the first profile of each pack. */
  readonly profile: string | null;
  readonly seed: string;
  readonly limitMs: number;
  readonly jobs: number;
  readonly allowCallback: readonly string[];
  /** Folder of the certificate authority; null over plain HTTP. */
  readonly tlsDir: string | null;
  readonly trust: Trust | null;
  /** Null on the real clock. */
  readonly advanceTimers: AdvanceTimers | null;
  /** Variables that each run adds to the client's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Environment that the client is started with, without `env`. */
  readonly ambientEnv: Readonly<Record<string, string | undefined>>;
  /** Values that the report must not contain. */
  readonly keys: readonly string[];
  readonly onStarted: (id: string) => void;
  readonly onFinished: (report: CaseReport) => void;
  readonly onActivity: OnActivity;
  /** The options as they were given; only the command that repeats a case is made from them. */
  readonly flags: ClientOptions;
}

/** Long enough for a client that polls every second. */
const QUICK_LIMIT = '12s';
const JOBS = 4;
const ignore = (): void => undefined;

/**
 * Validates the options and fills in defaults.
 * @param nameOption names an option in a text (default: as in a program)
 * @throws {CodedError} CASE_UNKNOWN, OPTION_INVALID
 */
export async function readClientSettings(
  options: ClientOptions,
  nameOption: NameOption = asOption,
): Promise<ClientSettings> {
  const { quick: isQuick = false, advanceTimers = null, tls: tlsDir = null } = options;
  const measures = readMeasures(options, nameOption);
  const client = clientOf(options);
  const cases = clientCases(options);
  const limitMs = readMs('timeLimit', options.timeLimit ?? (isQuick ? QUICK_LIMIT : '2m'));
  const trust = tlsDir === null ? null : await openTrust(tlsDir);
  return {
    ...measures,
    client,
    cases,
    isQuick,
    packDirs: options.packs ?? [],
    profile: options.profile ?? null,
    seed: String(options.seed ?? randomBytes(4).toString('hex')),
    limitMs,
    // Fake timers are global, so runs cannot overlap.
    jobs: advanceTimers === null ? Math.max(1, options.jobs ?? JOBS) : 1,
    allowCallback: options.allowCallback ?? [],
    tlsDir,
    trust,
    advanceTimers,
    env: trust?.env ?? {},
    ambientEnv: { ...process.env, ...options.env },
    keys: keysGiven(options),
    onStarted: options.onStarted ?? ignore,
    onFinished: options.onFinished ?? ignore,
    onActivity: options.onActivity ?? ignore,
    flags: options,
  };
}

function readMeasures(options: ClientOptions, nameOption: NameOption): Measures {
  const { timeScale = 1, giveUpWithin = '15m', downloadWithin, concurrency = null } = options;
  if (!(Number.isFinite(timeScale) && timeScale > 0)) {
    throw new CodedError(
      'OPTION_INVALID',
      `timeScale must be a number above 0, such as 30, got ${timeScale}`,
    );
  }
  const isVirtual = options.advanceTimers !== undefined;
  return {
    timeScale: isVirtual ? 1 : timeScale,
    time: isVirtual ? 'service' : 'wall',
    giveUpWithinMs: readMs('giveUpWithin', giveUpWithin),
    downloadWithinMs: downloadWithin === undefined ? null : readMs('downloadWithin', downloadWithin),
    concurrency,
    nameOption,
  };
}

function clientOf({ run, command, env, cwd, packs }: ClientOptions): ClientUnderTest {
  if (run !== undefined) return clientOfFunction(run);
  if (command !== undefined && command.length > 0) {
    checkPlaceholders(packsNamedIn({ command, ...(env === undefined ? {} : { env }) }), packs);
    return clientOfCommand({ command, cwd, ...(env === undefined ? {} : { env }) });
  }
  throw new CodedError(
    'OPTION_INVALID',
    'the client is missing',
    'Set "run" to a function, or "command" to a command.',
  );
}

/** Rejects `{url:PACK}` for a pack that does not exist. @throws {CodedError} OPTION_INVALID */
function checkPlaceholders(wanted: readonly string[], dirs: ClientOptions['packs'] = []): void {
  if (wanted.length === 0) return;
  const names = loadPacks({ packs: dirs }).map(({ name }) => name);
  for (const name of wanted) {
    if (names.includes(name)) continue;
    throw new CodedError(
      'OPTION_INVALID',
      `the pack in the placeholder {url:${name}} does not exist`,
      didYouMean(name, names, `Use one of: ${names.join(', ')}.`, 2),
    );
  }
}

/** Returns the cases that the options select. @throws {CodedError} CASE_UNKNOWN */
export function clientCases({ only, quick }: Pick<ClientOptions, 'only' | 'quick'>): readonly ClientCase[] {
  const selected = chooseCases(CLIENT_CASES, only);
  return quick === true
    ? selected.filter(({ stimuli }) => stimuli.some((name) => QUICK.has(name)))
    : selected;
}

function keysGiven({ command = [], env = {} }: ClientOptions): string[] {
  const variables = Object.entries(env).filter(([name, value]) => isSecretVariable(name, value));
  return [...keysInCommand(command), ...variables.map(([, value]) => value)];
}
