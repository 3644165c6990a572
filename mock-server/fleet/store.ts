import type { CommandLog } from './command-log.ts';
import type { Members } from './members.ts';
import type { ObservationLog } from './observation-log.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { WorkQueue } from './work-queue.ts';

/** The place of one replica in a fleet. */
export interface Membership {
  /** The id of the replica, which no other one ever had. */
  readonly replica: string;
  /** Identifies the log: one that was deleted and created again has another. */
  readonly epoch: string;
  readonly log: CommandLog;
  readonly work: WorkQueue;
  readonly members: Members;
  readonly observations: ObservationLog;
  readonly snapshots: SnapshotStore;
  /** Leaves the fleet. */
  close(): Promise<void>;
}

/** What the replicas of a fleet share. */
export interface Store {
  /**
   * Joins the fleet.
   * @param fingerprint identifies version, packs, settings and seed, which must be equal in all replicas
   * @throws {CodedError} STORE_UNREACHABLE, STORE_MISMATCH when the fleet has another fingerprint
   */
  join(fingerprint: string): Promise<Membership>;
}
