import type { ReceiverSettings } from './receiver-settings.ts';

/** Facts about a run that are known before it starts. */
export interface RunDescription {
  readonly cases: number;
  readonly ackTimeoutMs: number;
  /** Duration of a run in which the receiver never answers: the run ends after two consecutive timeouts. */
  readonly hangsMs: number;
  /** Usual duration in words; null for selected cases, of which some take milliseconds and others a minute. */
  readonly usualDuration: string | null;
}

const TIMEOUTS_IN_ROW = 2;
/** Overhead of the judge. */
const OWN_MS = 3000;

/** Returns the number of cases, the ack timeout, and the time after which the run ends if the receiver never answers. */
export function describeRun({
  cases: { length },
  ackTimeoutMs,
  flags: { only = [], quick = false },
}: Pick<ReceiverSettings, 'cases' | 'ackTimeoutMs' | 'flags'>): RunDescription {
  return {
    cases: length,
    ackTimeoutMs,
    hangsMs: TIMEOUTS_IN_ROW * ackTimeoutMs + OWN_MS,
    usualDuration: only.length > 0 ? null : quick ? 'less than 30 s' : 'less than 3 minutes',
  };
}
