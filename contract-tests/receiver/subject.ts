import type { Pack, PackEvent } from '../../mock-server/index.ts';
import type { Anatomy } from './anatomy.ts';

/** What is judged, and what the judge may use. */
export interface Subject {
  /** The receiver's URL. */
  readonly url: string;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly anatomy: Anatomy;
  /** Failures of the catalogue that this event announces, by slug. */
  readonly failures: readonly string[];
  /** How long the receiver has to answer, wall time. */
  readonly ackTimeoutMs: number;
  /** How long the ack of 95 in 100 callbacks may take. */
  readonly fastAckMs: number;
  /** How soon after its ack a receiver should begin to download. */
  readonly downloadWithinMs: number;
  /** How long nothing may happen before a task counts as worked off. */
  readonly settleMs: number;
  /** Whether downloads were seen when it was first sent a success. */
  readonly downloads: boolean;
  readonly hasProbe: boolean;
  readonly canSubmit: boolean;
  readonly canRestart: boolean;
  readonly secret: string | null;
  /** The profile whose success has most media in a list, with the names of its media; null when none has a list. */
  readonly listProfile: string | null;
}
