import { loadPacks } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { readMs } from '../read-duration.ts';
import { RECEIVER_CASES } from './cases.ts';
import type { ReceiverOptions } from './judge-receiver.ts';
import { QUICK_CASES } from './quick-cases.ts';

/** What is known of a run before it begins. */
export interface Announcement {
  readonly cases: number;
  readonly ackTimeoutMs: number;
  /** How long the run takes when the receiver never answers. */
  readonly longestMs: number;
}

/** Ack timeouts that pass one after the other in the cases that run alone. */
const ALONE = 25;
/** Ack timeouts of all other cases together; as many pass at once as there are jobs. */
const TOGETHER = 220;
/** What the judge itself waits for: downloads, quiet, a restart. */
const WAITS_MS = 30_000;

/**
 * How many cases there will be, how long the receiver has for each answer, and the longest the run can take.
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID
 */
export function announce(options: ReceiverOptions): Announcement {
  const { packs: dirs = [], profile, event: name, jobs = 8 } = options;
  const packs = loadPacks({ packs: dirs, ...(profile === undefined ? {} : { profile }) });
  const { event } = findEvent(packs, name);
  const { length } = chooseCases(RECEIVER_CASES, wantedCases(options));
  const ackTimeoutMs = readMs('ackTimeout', options.ackTimeout ?? event.delivery.ackTimeoutMs);
  const share = length / RECEIVER_CASES.length;
  const timeouts = 1 + Math.ceil((ALONE + TOGETHER / Math.max(1, jobs)) * share);
  return { cases: length, ackTimeoutMs, longestMs: timeouts * ackTimeoutMs + WAITS_MS };
}

/** The ids that were asked for; `only` is more specific than `quick`. */
export function wantedCases({
  only,
  quick,
}: Pick<ReceiverOptions, 'only' | 'quick'>): readonly string[] | undefined {
  if (only !== undefined && only.length > 0) return only;
  return quick === true ? QUICK_CASES : undefined;
}
