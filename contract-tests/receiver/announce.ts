import { loadPacks } from '../../mock-server/index.ts';
import { chooseCases } from '../choose-cases.ts';
import { findEvent } from '../payload/judge-payload.ts';
import { readMs } from '../read-duration.ts';
import { RECEIVER_CASES } from './cases.ts';
import { QUICK_CASES } from './quick-cases.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** Facts about a run that are known before it starts. */
export interface Announcement {
  readonly cases: number;
  readonly ackTimeoutMs: number;
  /** Duration of a run in which the receiver never answers: the run ends after two consecutive timeouts. */
  readonly hangsMs: number;
}

const TIMEOUTS_IN_ROW = 2;
/** Overhead of the judge. */
const OWN_MS = 3000;

/**
 * Returns the number of cases, the ack timeout, and the time after which the run ends if the receiver never answers.
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

/** Returns the ids of the selected cases; `only` overrides `quick`. Returns undefined if all cases are selected. */
export function wantedCases({
  only,
  quick,
}: Pick<ReceiverOptions, 'only' | 'quick'>): readonly string[] | undefined {
  if (only !== undefined && only.length > 0) return only;
  return quick === true ? QUICK_CASES : undefined;
}
