import type { ObservedEvent, Stamp } from '../journal/journal-entry.ts';

/** Something that a replica observed. Its number is given by the log. */
export type Observation = Omit<Stamp, 'seq'> & ObservedEvent;

/** Observations that were appended together. */
export interface ObservationBatch {
  /** Its place among the commands: both logs share one counter. */
  readonly seq: number;
  readonly observations: readonly Observation[];
}

/** The observations of all replicas. Old ones are removed by their number. */
export interface ObservationLog {
  /** Appends a batch as a whole, at most once. @throws {CodedError} STORE_UNREACHABLE */
  append(observations: readonly Observation[]): Promise<void>;
  /** Returns the batches after a place, in order. */
  read(after: number): Promise<readonly ObservationBatch[]>;
}
