/** What a judge is doing, for a person who is waiting. */
export interface Activity {
  /** Case it is done for; null when it is done for several cases. */
  readonly id: string | null;
  /** Present participle, such as "waiting for the receiver's downloads". */
  readonly doing: string;
  /** Upper bound in milliseconds; null when unbounded. */
  readonly atMostMs: number | null;
}
export type OnActivity = (activity: Activity) => void;
