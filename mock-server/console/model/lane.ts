import type { AttemptOutcome, DeliveryReason } from '../admin-types.ts';

/** One attempt from its start to its end. Times are epoch milliseconds of service time. */
export interface AttemptSpan {
  readonly n: number;
  readonly startedAt: number;
  /** Wall time; a receiver is slow in wall time, while a virtual clock waits. */
  readonly startedWallAt: number;
  /** Null while it is in flight. */
  readonly endedAt: number | null;
  readonly outcome: AttemptOutcome | null;
  readonly status: number | null;
  readonly firstByteMs: number | null;
  /** Wall time; null while it is in flight. */
  readonly durationMs: number | null;
  /** Time that the receiver has to answer; 0 when it is unknown. */
  readonly timeoutMs: number;
}

export const DELIVERY_STATUSES = ['waiting', 'in flight', 'retrying', 'acknowledged', 'abandoned'] as const;
export type LaneDeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event sent to one URL. */
export interface LaneDelivery {
  readonly id: string;
  readonly kind: 'callback' | 'handshake';
  readonly event: string;
  readonly why: DeliveryReason;
  readonly url: string;
  /** When the first attempt is due. */
  readonly dueAt: number;
  /** The delivery that must be settled before it; null for none, and for one that a snapshot contained. */
  readonly after: string | null;
  readonly nextAttemptAt: number | null;
  readonly status: LaneDeliveryStatus;
  readonly attempts: readonly AttemptSpan[];
}

export const LANE_STATUSES = [...DELIVERY_STATUSES, 'no callback'] as const;
/** The delivery status of a task. */
export type LaneStatus = (typeof LANE_STATUSES)[number];

export interface Download {
  readonly at: number;
  readonly name: string;
  readonly status: number | null;
}

/** One task as the overview draws it. Never changed: a new entry gives a new lane. Times are epoch milliseconds. */
export interface Lane {
  readonly id: string;
  readonly pack: string;
  readonly kind: string;
  readonly account: string;
  readonly scenario: string;
  readonly prompt: string;
  readonly submittedAt: number;
  /** All states of the plan. */
  readonly steps: readonly { readonly state: string; readonly at: number }[];
  /** The states so far. The last one lasts until now, or is the final state. */
  readonly changes: readonly { readonly state: string; readonly at: number; readonly index: number }[];
  /** The outcome of the plan: `success`, `canceled` or `fail.<slug>`. */
  readonly outcome: string;
  /** When the task ended; null until then. */
  readonly endedAt: number | null;
  readonly mediaExpiresAt: number | null;
  readonly deliveries: readonly LaneDelivery[];
  readonly downloads: readonly Download[];
  readonly status: LaneStatus;
  /** The text that a search without a key looks at, in lower case. */
  readonly text: string;
}

/** Returns the delivery status of a task. */
export function statusOf({ status }: Pick<Lane, 'status'>): LaneStatus {
  return status;
}

/** Returns the current state of a task. */
export function stateOf({ changes, steps }: Lane): string {
  return changes.at(-1)?.state ?? steps[0]?.state ?? '';
}

/** Returns the status of all deliveries together: the most urgent one. */
export function combinedStatus(deliveries: readonly LaneDelivery[]): LaneStatus {
  const callbacks = deliveries.filter(({ kind }) => kind === 'callback');
  if (callbacks.length === 0) return 'no callback';
  const has = (status: LaneDeliveryStatus): boolean => callbacks.some((one) => one.status === status);
  if (has('in flight')) return 'in flight';
  if (has('retrying')) return 'retrying';
  if (callbacks.some((one, index) => isLost(one, callbacks.slice(index + 1)))) return 'abandoned';
  return has('waiting') ? 'waiting' : 'acknowledged';
}

/** A receiver must reject forged and malformed callbacks, and one that was sent again later is not lost. */
function isLost({ status, why, url, event }: LaneDelivery, later: readonly LaneDelivery[]): boolean {
  if (status !== 'abandoned' || why === 'forged' || why === 'malformed') return false;
  const again = (one: LaneDelivery): boolean => one.why === 'redelivered' || one.why === 'duplicate';
  return !later.some(
    (one) => again(one) && one.status === 'acknowledged' && one.event === event && one.url === url,
  );
}

/**
 * Returns when an attempt ended as it is drawn: a receiver takes wall time. Meanwhile, the service time of a virtual clock
 * can be the same, or weeks later.
 */
export function endOf({ startedAt, startedWallAt, durationMs }: AttemptSpan, wallNow: number): number {
  return startedAt + (durationMs ?? Math.max(0, wallNow - startedWallAt));
}

/** Returns a human-readable status; null means that the connection ended before a status was sent. */
export function statusText(status: number | null): string {
  return status === null ? 'no answer' : `HTTP ${status}`;
}

/** Outcomes have the names of the journal; "timeout" alone is not an adjective. */
export function outcomeText({ outcome, status, n }: AttemptSpan): string {
  if (outcome === null) return `in flight (attempt ${n})`;
  const answered = status === null ? '' : ` with HTTP ${status}`;
  return `${outcome === 'timeout' ? 'timed out' : outcome}${answered} (attempt ${n})`;
}
