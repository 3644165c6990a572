import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { parseByteSize } from './core/byte-size.ts';
import { CodedError } from './core/coded-error.ts';
import { parseDuration } from './core/duration.ts';
import type { ClockMode } from './delivery/clock.ts';
import type { Courier } from './delivery/courier.ts';
import type { DeliveryOverrides, Settings } from './engine/settings.ts';
import type { Store } from './fleet/store.ts';
import { readStoreAddress } from './fleet/store-address.ts';
import type { Judge } from './http/admin/verdicts.ts';
import type { Durability } from './journal/durability.ts';
import type { SnapshotPolicy } from './journal/snapshots.ts';
import type { RateLimit } from './packs/vendor-rules.ts';

/** A duration in milliseconds, or as text such as `15s`, `2m` or `14d`. */
export type DurationOption = number | string;

/** Options of a mock. Each has a default. */
export interface MockServerOptions {
  /** Pack folders to load in addition to the built-in ones (default: none). */
  readonly packs?: readonly string[];
  /** Whether to load the built-in packs (default: true). */
  readonly builtIn?: boolean;
  /** Profile of the packs; packs without it use their first profile (default: the first profile of each pack). */
  readonly profile?: string;
  /** Names of the packs to serve (default: all). */
  readonly only?: readonly string[];
  /**
   * Path prefix by pack name, such as `{ acme: '/mock/acme' }`, at which the pack is served instead of the root
   * (default: none). Each pack is also served at `/NAME`.
   */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Scenario of tasks that do not choose one (default: `success`). */
  readonly scenario?: string;
  /** Seed of ids, durations and bodies; the same seed gives the same bytes (default: 1). */
  readonly seed?: number | string;
  /** Clock mode: `real`, `virtual` (moves only when advanced) or `polls` (each poll is a step) (default: `real`). */
  readonly clock?: ClockMode;
  /**
   * Service time at the start, in ISO 8601 or epoch milliseconds (default: now on the real clock, 2026-01-01
   * otherwise).
   */
  readonly startAt?: string | number;
  /**
   * Factor by which tasks and retries are faster, such as `20` or `"20x"` (default: 20 on the real clock, 1 otherwise).
   */
  readonly speed?: number | string;
  /** Time that a receiver has to answer, wall time (default: per pack). */
  readonly ackTimeout?: DurationOption;
  /** Number of retries after the first attempt (default: per pack). */
  readonly retries?: number;
  /**
   * Time before each retry, divided by the speed; the last value applies to all further retries (default: per
   * pack).
   */
  readonly retryGaps?: readonly DurationOption[];
  /** HTTP status that acknowledges a callback (default: per pack). */
  readonly ackStatus?: '200' | '2xx';
  /** Key that callbacks are signed with (default: callbacks are not signed). */
  readonly secret?: string;
  /** Accepted bearer keys (default: any non-empty key). */
  readonly apiKeys?: readonly string[];
  /** Hosts that callbacks may be sent to, in addition to loopback and private addresses (default: none). */
  readonly allowCallback?: readonly string[];
  /**
   * Origins whose pages may call the vendor routes in a browser, such as `http://localhost:5173`; `*` for all. The
   * vendors allow none (default: none).
   */
  readonly cors?: readonly string[];
  /** Number of tasks per key that may run at the same time (default: no limit). */
  readonly concurrency?: number;
  /** Number of tasks per key that may wait for a slot; further ones fail (default: 0). */
  readonly queue?: number;
  /** Limit of submissions per key and pack, such as `20/10s`, or `off` (default: per profile). */
  readonly rateLimit?: string;
  /** Number of journal entries, and of finished tasks, that are kept in memory (default: 50,000). */
  readonly keep?: number;
  /**
   * Memory for journal entries and tasks together, in bytes or as a size such as `256mb` (default: a third of the heap
   * limit). The oldest entries and the oldest finished tasks are removed first. Submissions that do not fit because of
   * unfinished tasks are refused with an error of the vendor. Bodies that are being received may occupy another quarter
   * of this size.
   */
  readonly keepBytes?: number | string;
  /**
   * Redis server whose state several mocks share, each of them a replica, such as
   * `redis://127.0.0.1:6379/0?prefix=team` (default: one mock alone). Requires the packages `ioredis` and `bullmq`. Not
   * together with `data` or `watch`.
   * @throws {CodedError} STORE_UNUSABLE, STORE_UNREACHABLE and STORE_MISMATCH, all from `listen()`
   */
  readonly store?: string | Store;
  /**
   * Folder of the journal, which keeps every accepted task across restarts (default: memory only).
   * @throws {CodedError} DATA_UNUSABLE when the folder cannot be created, read or written; DATA_LOCKED when another
   * mock uses it; DATA_DAMAGED when its journal cannot be read
   */
  readonly data?: string;
  /**
   * When a call is answered: after its changes are on disk (`strict`) or passed to the operating system (`relaxed`)
   * (default: `strict`).
   */
  readonly durability?: Durability;
  /**
   * Size of the journal, in bytes or as a size such as `256mb`, after which a snapshot of all tasks replaces it. With
   * many tasks, twice the size of the previous snapshot (default: 64mb). After a restart, only entries since the latest
   * snapshot are listed.
   */
  readonly snapshotAfter?: number | string;
  /** Time after which a snapshot replaces a smaller journal, wall time, at least 1s (default: 1h). */
  readonly snapshotEvery?: DurationOption;
  /**
   * Called with a message when the folder of `data` cannot be written, when it can be written again, and when packs
   * cannot be watched (default: ignored).
   */
  readonly onTrouble?: (message: string) => void;
  /** Whether to reload `packs` when their files change (default: false). */
  readonly watch?: boolean;
  /** Value of the Retry-After header when submissions exceed the limit (default: per profile). */
  readonly retryAfter?: DurationOption;
  /** Origin of media URLs, such as `https://mock.example` (default: the host that the submission was sent to). */
  readonly publicUrl?: string;
  /** Delay of the answer in the scenario `submit.slow`, wall time (default: 30s). */
  readonly slowAnswer?: DurationOption;
  /** Time that `close()` waits for attempts in flight before it interrupts them, wall time (default: 5s). */
  readonly grace?: DurationOption;
  /**
   * Token that every admin call must send (default: generated when the mock listens beyond loopback, none otherwise).
   */
  readonly adminToken?: string;
  /** Replacement for the built-in courier, for tests and measurements without sockets. */
  readonly courier?: Courier;
  /** Judge of clients for `GET /__admin/verdicts` (default: none). */
  readonly judge?: Judge;
}

const CENTURY_MS = 36_500 * 86_400_000;

const DEFAULT_SPEED: Readonly<Record<ClockMode, number>> = { real: 20, virtual: 1, polls: 1 };

/**
 * Validates the options and fills in the defaults. An empty string is rejected and never means a default, because an
 * unset variable would otherwise silently change the behavior of the mock.
 * @throws {CodedError} OPTION_INVALID, which names the option and the accepted values
 */
export function readSettings(options: MockServerOptions, version: string): Settings {
  const clock = readClock(options.clock ?? 'real');
  refuseEmpty(options);
  refuseWithStore(options);
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
    cors: (options.cors ?? []).map(readOrigin),
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

function readClock(clock: ClockMode): ClockMode {
  if (typeof clock === 'string' && Object.hasOwn(DEFAULT_SPEED, clock)) return clock;
  throw invalid('clock', clock, 'real, virtual or polls');
}

/** Replicas keep their state in the store, and must all have the same packs. */
function refuseWithStore({ store, data, watch }: MockServerOptions): void {
  if (store === undefined) return;
  if (typeof store === 'string') readStoreAddress(store);
  const other = data === undefined ? (watch === true ? 'watch' : null) : 'data';
  if (other === null) return;
  throw new CodedError(
    'OPTION_INVALID',
    `the options store and ${other} cannot be combined`,
    other === 'data'
      ? 'Omit data: the store keeps the state.'
      : 'Omit watch, and restart all replicas with the new packs.',
  );
}

/** String options and lists of strings; their contents are validated where they are read. */
const TEXTS = ['profile', 'scenario', 'secret', 'data', 'publicUrl', 'adminToken'] as const;
const LISTS = ['packs', 'apiKeys', 'allowCallback', 'cors'] as const;

function refuseEmpty(options: MockServerOptions): void {
  for (const name of TEXTS) readText(name, options[name]);
  if (typeof options.seed === 'string') readText('seed', options.seed);
  else if (options.seed !== undefined && typeof options.seed !== 'number')
    throw invalid('seed', options.seed, 'a number or a string');
  for (const name of LISTS) readTexts(name, options[name]);
  // Without keys, every call would be rejected.
  if (options.apiKeys?.length === 0) throw invalid('apiKeys', [], 'omitted, or a list of at least one key');
}

/**
 * Validates an optional string.
 * @throws {CodedError} OPTION_INVALID when the value is given and is not a string, or is blank
 */
export function readText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return;
  throw invalid(name, value, 'a non-empty string');
}

function readTexts(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value)) throw invalid(name, value, 'a list of strings');
  for (const entry of value) readText(`each entry of ${name}`, entry ?? null);
}

export function readDuration(name: string, value: DurationOption): number {
  const durationMs = typeof value === 'string' ? parseDuration(value) : value;
  // The comparison rejects NaN. Durations above a century would lead to dates that cannot be formatted.
  if (typeof durationMs === 'number' && durationMs >= 0 && durationMs <= CENTURY_MS) return durationMs;
  throw invalid(name, value, 'a duration like 500ms, 15s, 2m or 14d, of at most 36500d');
}

/** Generates a token for a mock that other machines can reach. */
export function makeToken(): string {
  return randomBytes(18).toString('base64url');
}

function readDelivery(options: MockServerOptions): DeliveryOverrides {
  const { ackTimeout, retries, retryGaps, ackStatus } = options;
  if (ackStatus !== undefined && ackStatus !== '200' && ackStatus !== '2xx') {
    throw invalid('ackStatus', ackStatus, '200 or 2xx');
  }
  if (retryGaps !== undefined && (!Array.isArray(retryGaps) || retryGaps.length === 0)) {
    throw invalid('retryGaps', retryGaps, 'a list of at least one duration');
  }
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
  const [, count = '', per = ''] = (typeof value === 'string' && /^(\d+)\/(.+)$/.exec(value)) || [];
  const perMs = parseDuration(per);
  const submissions = Number(count);
  if (perMs === null || perMs <= 0 || !Number.isSafeInteger(submissions) || submissions < 1) {
    throw invalid('rateLimit', value, 'a number of submissions and a duration, like 20/10s, or off');
  }
  const limit: RateLimit = { submissions, perMs, retryAfter: false };
  return limit;
}

function readSpeed(value: number | string): number {
  const speed = typeof value === 'string' ? Number(value.trim().replace(/x$/, '')) : value;
  if (typeof speed === 'number' && Number.isFinite(speed) && speed > 0) return speed;
  throw invalid('speed', value, 'a factor above 0, like 20x');
}

export function readTime(name: string, value: string | number | Date): number {
  // A null would be parsed as 1970.
  const isTime = typeof value === 'string' || typeof value === 'number' || value instanceof Date;
  const at = isTime ? new Date(value).getTime() : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw invalid(name, value, 'an ISO 8601 time');
}

export function readCount(name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw invalid(name, value, `a whole number of at least ${least}`);
}

/** Smallest `keepBytes`, in bytes: enough room for a request of one megabyte. */
export const SMALLEST_BUDGET = 4 * 1024 * 1024;

function readKeepBytes(value: number | string | undefined): number {
  // The rest of the heap is for temporary data: bodies that are being parsed, answers, deliveries, garbage.
  if (value === undefined)
    return Math.max(SMALLEST_BUDGET, Math.floor(getHeapStatistics().heap_size_limit / 3));
  const bytes = parseByteSize(String(value));
  if (bytes !== null && bytes >= SMALLEST_BUDGET) return bytes;
  throw invalid('keepBytes', value, 'a size of at least 4mb, like 256mb or 1gb, or a number of bytes');
}

/** Smallest `snapshotAfter`, in bytes. */
export const SMALLEST_TAIL = 1024;

/** @throws {CodedError} OPTION_INVALID */
export function readSnapshotPolicy({
  snapshotAfter = '64mb',
  snapshotEvery = '1h',
}: MockServerOptions): SnapshotPolicy {
  const afterBytes = parseByteSize(String(snapshotAfter));
  if (afterBytes === null || afterBytes < SMALLEST_TAIL) {
    throw invalid('snapshotAfter', snapshotAfter, 'a size of at least 1kb, like 64mb, or a number of bytes');
  }
  const everyMs = readDuration('snapshotEvery', snapshotEvery);
  if (everyMs < 1000) throw invalid('snapshotEvery', snapshotEvery, 'a duration of at least 1s');
  return { afterBytes, everyMs };
}

function readUrl(value: string): string {
  if (URL.canParse(value) && /^https?:/.test(value)) return value.replace(/\/+$/, '');
  throw invalid('publicUrl', value, 'a URL that begins with http:// or https://');
}

/** An origin has no path; a slash at its end is a common mistake. */
function readOrigin(value: string): string {
  const origin = value.replace(/\/$/, '');
  if (value === '*' || (URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()))
    return origin;
  throw invalid('cors', value, 'an origin like http://localhost:5173, or *');
}

function invalid(name: string, got: unknown, expected: string): CodedError {
  return new CodedError('OPTION_INVALID', `${name} must be ${expected}, got ${shown(got)}`);
}

function shown(value: unknown): string {
  if (typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol')
    return typeof value;
  if (typeof value === 'number') return String(value);
  const text = (typeof value === 'object' ? safeJson(value) : JSON.stringify(value)) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function safeJson(value: object | null): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'an object';
  }
}
