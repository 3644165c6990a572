import { loadPacks } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { readMs } from '../read-duration.ts';
import { RECEIVER_CASES } from './cases.ts';
import { QUICK_CASES } from './quick-cases.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** What is known of a run before it begins. */
export interface Announcement {
  readonly cases: number;
  readonly ackTimeoutMs: number;
  /** How long the run takes when the receiver never answers: it ends after two timeouts in a row. */
  readonly hangsMs: number;
}

const TIMEOUTS_IN_ROW = 2;
/** What the judge itself needs. */
const OWN_MS = 3000;

/**
 * How many cases there will be, how long the receiver has for each answer, and how soon a hanging one is given up.
 * @throws {CodedError} EVENT_UNKNOWN, CASE_UNKNOWN, OPTION_INVALID
 */
export function announce(options: ReceiverOptions): Announcement {
  const { packs: dirs = [], profile, event: name } = options;
  const packs = loadPacks({ packs: dirs, ...(profile === undefined ? {} : { profile }) });
  const { event } = findEvent(packs, name);
  const { length } = chooseCases(RECEIVER_CASES, wantedCases(options));
  const ackTimeoutMs = readMs('ackTimeout', options.ackTimeout ?? event.delivery.ackTimeoutMs);
  return { cases: length, ackTimeoutMs, hangsMs: TIMEOUTS_IN_ROW * ackTimeoutMs + OWN_MS };
}

/** The ids that were asked for; `only` is more specific than `quick`. */
export function wantedCases({
  only,
  quick,
}: Pick<ReceiverOptions, 'only' | 'quick'>): readonly string[] | undefined {
  if (only !== undefined && only.length > 0) return only;
  return quick === true ? QUICK_CASES : undefined;
}
