import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { CodedError } from './core/coded-error.ts';
import { parseDuration } from './core/duration.ts';
import type { Judge } from './http/verdicts.ts';
import type { RateLimit } from './packs/pack.ts';
import type { ClockMode } from './runtime/clock.ts';
import type { Courier } from './runtime/courier.ts';
import type { Durability } from './runtime/journal-file.ts';
import type { DeliveryOverrides, Settings } from './runtime/settings.ts';

/** A duration: milliseconds, or a text like `15s`, `2m`, `14d`. */
export type DurationOption = number | string;

/** What a mock can be told. Everything has a default. */
export interface MockServerOptions {
  /** Pack folders beside the built-in ones. */
  readonly packs?: readonly string[];
  /** Whether the packs that come with the package are loaded; true unless told otherwise. */
  readonly builtIn?: boolean;
  /** Each pack's first profile when left out; packs without a profile of that name keep their first. */
  readonly profile?: string;
  /** Prefix by pack name, for packs that would claim the same path. */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Scenario of tasks that ask for none; `success` unless told otherwise. */
  readonly scenario?: string;
  /** Same seed, same bytes. */
  readonly seed?: number | string;
  readonly clock?: ClockMode;
  /** Service time at the start, ISO 8601 or epoch milliseconds. */
  readonly startAt?: string | number;
  /** `20` or `"20x"`: tasks move and retries are spaced this much faster. 20 on the real clock, else 1. */
  readonly speed?: number | string;
  /** How long a receiver has to answer, wall time. */
  readonly ackTimeout?: DurationOption;
  readonly retries?: number;
  /** The wait before each retry, before the speed; the last one is repeated. */
  readonly retryGaps?: readonly DurationOption[];
  readonly ackStatus?: '200' | '2xx';
  /** Callbacks are signed with it when given. */
  readonly secret?: string;
  /** Only these bearer keys; any non-empty key when left out. */
  readonly apiKeys?: readonly string[];
  /** Hosts that callbacks may go to beyond loopback and private addresses. */
  readonly allowCallback?: readonly string[];
  /** Tasks that may run at once, per key; no limit when left out. */
  readonly concurrency?: number;
  /** Tasks that may wait for a slot, per key, before the next one fails; 0 when left out. */
  readonly queue?: number;
  /** Submissions per key and pack, like `20/10s`, or `off`; what the pack's profile says when left out. */
  readonly rateLimit?: string;
  /** Journal entries, and finished tasks, kept in memory; 50,000 unless told otherwise. */
  readonly keep?: number;
  /**
   * What journal entries and tasks may occupy in memory together, in bytes or as a size like `256mb`; a third
   * of the heap limit by default. The oldest entries and the oldest finished tasks are let go first. Submissions that would
   * not fit next to unfinished tasks are refused with the vendor's own error. Bodies that are being received may
   * occupy a quarter of it in addition.
   */
  readonly keepBytes?: number | string;
  /**
   * A folder that the journal is kept in, so that nothing accepted is lost; memory alone when left out.
   * @throws {CodedError} DATA_UNUSABLE, DATA_LOCKED, DATA_DAMAGED
   */
  readonly data?: string;
  /** `strict`: what a call changes is on the disk before it is answered; `relaxed`: with the operating system. */
  readonly durability?: Durability;
  /** Called when the folder of `data` cannot be written, and when it can again; and when packs cannot be watched. */
  readonly onTrouble?: (message: string) => void;
  /** Whether `packs` are loaded again when their files change; false unless told otherwise. */
  readonly watch?: boolean;
  /** What the Retry-After header of a refusal as too many asks for; as the pack's profile says when left out. */
  readonly retryAfter?: DurationOption;
  /** Where media URLs point; the host a submission was sent to when left out. */
  readonly publicUrl?: string;
  /** How long `submit.slow` holds its answer, wall time. */
  readonly slowAnswer?: DurationOption;
  /** How long `close()` waits for attempts under way before it breaks them off, wall time. */
  readonly grace?: DurationOption;
  /** Asked of every admin call; made up when the mock listens beyond loopback and none is given. */
  readonly adminToken?: string;
  /** Sends callbacks in place of the built-in courier: for tests and measurements without sockets. */
  readonly courier?: Courier;
  /** Judges clients for `GET /__admin/verdicts`. */
  readonly judge?: Judge;
}

const DEFAULT_SPEED: Readonly<Record<ClockMode, number>> = { real: 20, virtual: 1, polls: 1 };

/** Fills in every default. @throws {CodedError} OPTION_INVALID, naming the option and what it takes */
export function readSettings(options: MockServerOptions, version: string): Settings {
  const clock = options.clock ?? 'real';
  if (!Object.hasOwn(DEFAULT_SPEED, clock)) throw invalid('clock', clock, 'real, virtual or polls');
  return {
    seed: String(options.seed ?? 1),
    clock,
    startAt: options.startAt === undefined ? null : readTime('startAt', options.startAt),
    speed: options.speed === undefined ? DEFAULT_SPEED[clock] : readSpeed(options.speed),
    scenario: options.scenario ?? 'success',
    delivery: readDelivery(options),
    secret: options.secret ?? null,
    apiKeys: options.apiKeys ?? [],
    allowCallback: options.allowCallback ?? [],
    concurrency: options.concurrency === undefined ? null : readCount('concurrency', options.concurrency, 1),
    queue: readCount('queue', options.queue ?? 0, 0),
    rate: readRate(options.rateLimit),
    retryAfterS:
      options.retryAfter === undefined
        ? null
        : Math.ceil(readDuration('retryAfter', options.retryAfter) / 1000),
    keep: readCount('keep', options.keep ?? 50_000, 1),
    keepBytes: readKeepBytes(options.keepBytes),
    publicUrl: options.publicUrl === undefined ? null : readUrl(options.publicUrl),
    slowAnswerMs: readDuration('slowAnswer', options.slowAnswer ?? '30s'),
    version,
  };
}

export function readDuration(name: string, value: DurationOption): number {
  const durationMs = typeof value === 'number' ? value : parseDuration(value);
  if (durationMs !== null && Number.isFinite(durationMs) && durationMs >= 0) return durationMs;
  throw invalid(name, value, 'a duration like 500ms, 15s, 2m or 14d');
}

/** A token for a mock that others can reach. */
export function makeToken(): string {
  return randomBytes(18).toString('base64url');
}

function readDelivery(options: MockServerOptions): DeliveryOverrides {
  const { ackTimeout, retries, retryGaps, ackStatus } = options;
  if (ackStatus !== undefined && ackStatus !== '200' && ackStatus !== '2xx') {
    throw invalid('ackStatus', ackStatus, '200 or 2xx');
  }
  if (retryGaps?.length === 0) throw invalid('retryGaps', '', 'at least one duration');
  return {
    ...(ackTimeout === undefined ? {} : { ackTimeoutMs: readDuration('ackTimeout', ackTimeout) }),
    ...(retries === undefined ? {} : { retries: readCount('retries', retries, 0) }),
    ...(retryGaps === undefined ? {} : { gapsMs: retryGaps.map((gap) => readDuration('retryGaps', gap)) }),
    ...(ackStatus === undefined ? {} : { ackStatus }),
  };
}

function readRate(value: string | undefined): Settings['rate'] {
  if (value === undefined) return 'as-documented';
  if (value === 'off') return null;
  const [, count = '', per = ''] = /^(\d+)\/(.+)$/.exec(value) ?? [];
  const perMs = parseDuration(per);
  const submissions = Number(count);
  if (perMs === null || perMs <= 0 || !Number.isSafeInteger(submissions) || submissions < 1) {
    throw invalid('rateLimit', value, 'a number of submissions and a duration, like 20/10s, or off');
  }
  const limit: RateLimit = { submissions, perMs, retryAfter: false };
  return limit;
}

function readSpeed(value: number | string): number {
  const speed = typeof value === 'number' ? value : Number(value.replace(/x$/, ''));
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw invalid('speed', value, 'a factor above 0, like 20x');
}

export function readTime(name: string, value: string | number | Date): number {
  const at = new Date(value).getTime();
  if (!Number.isNaN(at)) return at;
  throw invalid(name, value, 'an ISO 8601 time');
}

function readCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(name, value, `a whole number of at least ${least}`);
}

/** Smaller budgets have no room for a single request of a megabyte. */
const SMALLEST_BUDGET = 4 * 1024 * 1024;

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

function readKeepBytes(value: number | string | undefined): number {
  // The rest is for what comes and goes: bodies that are being parsed, answers, deliveries, garbage.
  if (value === undefined)
    return Math.max(SMALLEST_BUDGET, Math.floor(getHeapStatistics().heap_size_limit / 3));
  const [, digits = '', unit = ''] = /^(\d+)([kmg]?b)?$/i.exec(String(value).trim()) ?? [];
  const bytes = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN);
  if (Number.isSafeInteger(bytes) && bytes >= SMALLEST_BUDGET) return bytes;
  throw invalid('keepBytes', value, 'a size of at least 4mb, like 256mb or 1gb, or a number of bytes');
}

function readUrl(value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value)) return value.replace(/\/+$/, '');
  throw invalid('publicUrl', value, 'a URL that begins with http:// or https://');
}

function invalid(name: string, got: unknown, expected: string): CodedError {
  return new CodedError('OPTION_INVALID', `${name} must be ${expected}, got ${JSON.stringify(got)}`);
}
