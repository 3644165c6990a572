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
  /** How soon the application must poll for a task that it hears nothing of; null when nobody said. */
  readonly pollWithinMs: number | null;
  /** Whether downloads have been seen so far; a receiver with a slow queue may show its first one late. */
  readonly downloads: boolean;
  /** Whether HEAD requests for media were seen, but no download. */
  readonly onlyHeads: boolean;
  readonly hasProbe: boolean;
  readonly canSubmit: boolean;
  readonly canRestart: boolean;
  /** Whether the vendor's gaps between retries are waited for. */
  readonly realGaps: boolean;
  readonly secret: string | null;
  /** The profile whose success has most media in a list, with the names of its media; null when none has a list. */
  readonly listProfile: string | null;
}
