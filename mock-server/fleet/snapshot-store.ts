import type { SavedPart } from '../journal/fold.ts';

/** The state of a replica after a command. */
export interface FleetSnapshot {
  /** The place of the command. */
  readonly seq: number;
  readonly wallAt: number;
  /** The place of the last batch of observations that the state includes. */
  readonly observed: number;
  /** Read once, while further commands are applied. */
  readonly parts: Iterable<SavedPart>;
}

/** The snapshots of a fleet: the two newest. */
export interface SnapshotStore {
  /** Whether this replica is to write the next snapshot; at most one replica is, until it saves or some time passes. */
  claim(): Promise<boolean>;
  /** @returns the place of the older of the snapshots that are kept, up to which the command log is not needed anymore */
  save(snapshot: FleetSnapshot): Promise<number>;
  /** Returns the newest intact snapshot; null without any. */
  latest(): Promise<FleetSnapshot | null>;
}
