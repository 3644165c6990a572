/** The lease of a replica. A replica that has not renewed it for this long counts as dead. */
export const LEASE_MS = 2_000;

/** The replicas of a fleet. Each renews its lease all the time. */
export interface Members {
  /** The ids of the replicas whose leases have not ended, in order, read from the store. @throws {CodedError} STORE_UNREACHABLE */
  live(): Promise<readonly string[]>;
  /** The same as of the latest renewal of this replica's lease. */
  readonly known: readonly string[];
  /**
   * Whether the lease of this replica has not ended, by the clock of this process. After a pause, a replica has to catch
   * up before it answers from its own state.
   */
  readonly isCurrent: boolean;
  /** Ends the lease of this replica. */
  leave(): Promise<void>;
}
