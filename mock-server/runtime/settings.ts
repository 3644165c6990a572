import type { DeliveryPolicy } from '../core/types.ts';
import type { RateLimit } from '../packs/pack.ts';
import type { ClockMode } from './clock.ts';

/** How a mock behaves, every default filled in. Made once, at the edge. */
export interface Settings {
  readonly seed: string;
  readonly clock: ClockMode;
  /** Epoch milliseconds of service time at the start; the clock's own default when null. */
  readonly startAt: number | null;
  /** Tasks move and retries are spaced this much faster than the vendor's. */
  readonly speed: number;
  /** Name of the scenario of tasks that ask for none. */
  readonly scenario: string;
  readonly delivery: DeliveryOverrides;
  readonly secret: string | null;
  readonly apiKeys: readonly string[];
  readonly allowCallback: readonly string[];
  /** Running tasks per key; null for no limit. */
  readonly concurrency: number | null;
  /** Tasks per key that may wait for a slot before the next one fails. */
  readonly queue: number;
  /** Submissions per key and pack; null for no limit. */
  readonly rate: RateLimit | null | 'as-documented';
  /** Seconds of the Retry-After header of refusals as too many; what the pack's rate limit says when null. */
  readonly retryAfterS: number | null;
  /** Journal records, and finished tasks, kept in memory; twice as many tasks before the older half is let go. */
  readonly keep: number;
  /** What the journal in memory and the tasks may occupy together, in bytes. */
  readonly keepBytes: number;
  /** Where media URLs point; the host that the submission was sent to when null. */
  readonly publicUrl: string | null;
  /** How long `submit.slow` holds its answer, wall time. */
  readonly slowAnswerMs: number;
  readonly version: string;
}

/** What a user sets instead of the pack's delivery rules; gaps are the vendor's, before the speed. */
export type DeliveryOverrides = Partial<DeliveryPolicy>;
