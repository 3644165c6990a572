import type { Pack, PackEvent } from '../../mock-server/index.ts';
import type { NameOption } from '../name-option.ts';
import type { CallbackShape } from './callback-shape.ts';

/** The receiver under test, and the options that the judge may use. */
export interface Subject {
  /** URL of the receiver. */
  readonly url: string;
  readonly pack: Pack;
  readonly event: PackEvent;
  readonly shape: CallbackShape;
  /** Slugs of the failures in the catalog that this event reports. */
  readonly failures: readonly string[];
  /** Time in which the receiver must answer, wall time. */
  readonly ackTimeoutMs: number;
  /** Time within which 19 of 20 answers must arrive. */
  readonly fastAckMs: number;
  /** Time within which the first download should start after the acknowledgement. */
  readonly downloadWithinMs: number;
  /** Time within which the application must poll for a task without callbacks; null if it is not set. */
  readonly pollWithinMs: number | null;
  /** Whether a download has been observed so far; a receiver with a slow queue may start its first one late. */
  readonly downloads: boolean;
  /** Whether only HEAD requests for media have been observed. */
  readonly onlyHeads: boolean;
  readonly hasProbe: boolean;
  readonly canSubmit: boolean;
  readonly canRestart: boolean;
  /** Whether the judge waits for the vendor's gaps between retries. */
  readonly realGaps: boolean;
  readonly secret: string | null;
  /** Names an option in a text for the user. */
  readonly nameOption: NameOption;
  /** Profile whose success lists the most media; null if none of them lists several. */
  readonly listProfile: string | null;
}
