import { randomBytes } from 'node:crypto';
import { CodedError, loadPacks, type Pack, type PackEvent } from '../../mock-server/index.ts';
import { signingSecretOf } from '../../mock-server/internal.ts';
import type { OnActivity } from '../activity.ts';
import { chooseCases } from '../choose-cases.ts';
import { keysInUrl } from '../hide-keys.ts';
import { asOption, type NameOption } from '../name-option.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { readMs } from '../read-duration.ts';
import type { CaseReport } from '../report.ts';
import { RECEIVER_CASES } from './cases.ts';
import { QUICK_CASES } from './quick-cases.ts';
import type { ReceiverCase } from './receiver-case.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** Limits of the judge in milliseconds. */
interface ReceiverLimits {
  /** Time in which the receiver must answer, wall time. */
  readonly ackTimeoutMs: number;
  /** Time that the work of the receiver may take to start and to make progress; null to learn it. */
  readonly settleMs: number | null;
  readonly fastAckMs: number;
  readonly downloadWithinMs: number;
  /** Null if it is not judged. */
  readonly pollWithinMs: number | null;
}

/** Options of `judgeReceiver`, validated and with all defaults. */
export interface ReceiverSettings extends ReceiverLimits {
  /** URL that callbacks are sent to. */
  readonly url: string;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly cases: readonly ReceiverCase[];
  readonly seed: string;
  readonly secret: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly probe: string | null;
  readonly submit: string | null;
  readonly restartCommand: string | null;
  readonly restart: (() => Promise<void>) | null;
  /** 0 for any free port. */
  readonly apiPort: number;
  readonly mediaHost: string | null;
  /** Folder of the certificate authority; null over plain HTTP. */
  readonly tlsDir: string | null;
  readonly realGaps: boolean;
  readonly jobs: number;
  /** Values that the report must not contain. */
  readonly keys: readonly string[];
  readonly errors: (caseId: string) => readonly string[];
  readonly onStarted: (id: string) => void;
  readonly onFinished: (report: CaseReport) => void;
  readonly onActivity: OnActivity;
  /** Names an option in a text for the user. */
  readonly nameOption: NameOption;
  /** The options as they were given; only the command that repeats a case is made from them. */
  readonly flags: ReceiverOptions;
}

const JOBS = 8;
const ignore = (): void => undefined;

/**
 * Validates the options and fills in defaults.
 * @param nameOption names an option in a text (default: as in a program)
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID
 */
export function readReceiverSettings(
  options: ReceiverOptions,
  nameOption: NameOption = asOption,
): ReceiverSettings {
  const cases = chooseCases(RECEIVER_CASES, wantedCases(options));
  const { packs: dirs = [], profile } = options;
  const packs = loadPacks({ packs: dirs, ...(profile === undefined ? {} : { profile }) });
  const { pack, event } = findEvent(packs, options.event);
  const { username, password } = readUrl(options.url);
  const { secret = null, headers = {} } = options;
  return {
    ...readLimits(options, event),
    url: options.url,
    pack,
    event,
    cases,
    // A new seed for each run, because a correct receiver remembers the tasks of previous runs.
    seed: String(options.seed ?? randomBytes(4).toString('hex')),
    secret: signingSecretOf(pack, { secret }),
    headers,
    probe: options.probe ?? null,
    submit: options.submit ?? null,
    restartCommand: options.restartCommand ?? null,
    restart: options.restart ?? null,
    apiPort: options.apiPort ?? 0,
    mediaHost: options.mediaHost ?? null,
    tlsDir: options.tls ?? null,
    realGaps: options.realGaps === true,
    jobs: Math.max(1, options.jobs ?? JOBS),
    // Answers of the receiver may repeat them.
    keys: [secret ?? '', username, password, ...Object.values(headers), ...keysInUrl(options.url)],
    errors: options.errors ?? (() => []),
    onStarted: options.onStarted ?? ignore,
    onFinished: options.onFinished ?? ignore,
    onActivity: options.onActivity ?? ignore,
    nameOption,
    flags: options,
  };
}

function readLimits(options: ReceiverOptions, { delivery }: PackEvent): ReceiverLimits {
  const { settle, pollWithin } = options;
  return {
    ackTimeoutMs: readMs('ackTimeout', options.ackTimeout ?? delivery.ackTimeoutMs),
    settleMs: settle === undefined ? null : readMs('settle', settle),
    fastAckMs: readMs('fastAck', options.fastAck ?? '2s'),
    downloadWithinMs: readMs('downloadWithin', options.downloadWithin ?? '60s'),
    pollWithinMs: pollWithin === undefined ? null : readMs('pollWithin', pollWithin),
  };
}

/** Returns the ids of the selected cases; `only` overrides `quick`. Returns undefined if all cases are selected. */
export function wantedCases({
  only,
  quick,
}: Pick<ReceiverOptions, 'only' | 'quick'>): readonly string[] | undefined {
  if (only !== undefined && only.length > 0) return only;
  return quick === true ? QUICK_CASES : undefined;
}

function readUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:/.test(text)) return new URL(text);
  throw new CodedError(
    'OPTION_INVALID',
    `"${text}" is not the URL of a receiver.`,
    'Use a full URL, such as http://127.0.0.1:3000/callback.',
  );
}
