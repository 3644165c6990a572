/** What a judge is doing, for a person who waits. */
export interface Activity {
  /** The case it is done for; null when it is done for several. */
  readonly id: string | null;
  /** Present participle, like "waiting for the receiver's downloads". */
  readonly doing: string;
  /** The longest it can take, milliseconds; null when there is no bound. */
  readonly atMostMs: number | null;
}
export type OnActivity = (activity: Activity) => void;
