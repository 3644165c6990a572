import type { ReceiverSettings } from './receiver-settings.ts';

/** Facts about a run that are known before it starts. */
export interface RunDescription {
  readonly cases: number;
  readonly ackTimeoutMs: number;
  /** Duration of a run in which the receiver never answers: the run ends after two consecutive timeouts. */
  readonly hangsMs: number;
}

const TIMEOUTS_IN_ROW = 2;
/** Overhead of the judge. */
const OWN_MS = 3000;

/** Returns the number of cases, the ack timeout, and the time after which the run ends if the receiver never answers. */
export function describeRun({
  cases: { length },
  ackTimeoutMs,
}: Pick<ReceiverSettings, 'cases' | 'ackTimeoutMs'>): RunDescription {
  return { cases: length, ackTimeoutMs, hangsMs: TIMEOUTS_IN_ROW * ackTimeoutMs + OWN_MS };
}
