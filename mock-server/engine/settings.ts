import type { DeliveryPolicy } from '../core/types.ts';
import type { ClockMode } from '../delivery/clock.ts';
import type { RateLimit } from '../packs/vendor-rules.ts';

/** The settings of a mock, with all defaults applied. */
export interface Settings {
  readonly seed: string;
  readonly clock: ClockMode;
  /** Service time at the start, in epoch milliseconds; null for the clock's default. */
  readonly startAt: number | null;
  /** The factor by which tasks and retries are faster than the vendor's. */
  readonly speed: number;
  /** The name of the default scenario. */
  readonly scenario: string;
  readonly delivery: DeliveryOverrides;
  readonly secret: string | null;
  readonly apiKeys: readonly string[];
  readonly allowCallback: readonly string[];
  /** The origins whose pages may call the vendor routes; `*` for all. */
  readonly cors: readonly string[];
  /** Running tasks per key; null for no limit. */
  readonly concurrency: number | null;
  /** Tasks per key that may wait for a slot before the next one fails. */
  readonly queue: number;
  /** Submissions per key and pack; null for no limit. */
  readonly rate: RateLimit | null | 'as-documented';
  /** Seconds in the Retry-After header of rate-limited responses; null for the pack's default. */
  readonly retryAfterS: number | null;
  /**
   * The number of journal entries, and of finished tasks, in memory. The older half of the tasks is evicted at twice
   * this number.
   */
  readonly keep: number;
  /** The memory limit of the journal and the tasks together, in bytes. */
  readonly keepBytes: number;
  /** The origin of media URLs; null for the host that the submission was sent to. */
  readonly publicUrl: string | null;
  /** How long `submit.slow` delays its response, in wall time. */
  readonly slowAnswerMs: number;
  readonly version: string;
}

/** Overrides of the pack's delivery policy. Gaps are in vendor time, before the speed is applied. */
export type DeliveryOverrides = Partial<DeliveryPolicy>;
