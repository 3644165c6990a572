import type { AttemptKey } from '../engine/commands.ts';

/** An attempt that one of the replicas has to make. */
export interface AttemptJob extends AttemptKey {
  /** The place of the command that made the attempt due. Every replica knows the same. */
  readonly seq: number;
}

/** Hands out attempts to the replicas: each at least once, and again when the replica that has it dies. */
export interface WorkQueue {
  /**
   * Adds a job. Adding it again has no effect while it waits or is being worked on.
   * @throws {CodedError} STORE_UNREACHABLE
   */
  offer(job: AttemptJob): Promise<void>;
  /**
   * Begins to take jobs, many at a time, because receivers can hang.
   * @param handle resolves when the job is done. When it rejects, the job is handed out again
   */
  work(handle: (job: AttemptJob) => Promise<void>): void;
  /** Takes no more jobs. Resolves when all jobs taken here are done. */
  drain(): Promise<void>;
  /** Leaves at once: the jobs taken here are handed out again. */
  close(): Promise<void>;
}

/** The id of a job, equal for equal jobs. */
export function jobId({ seq, taskId, deliveryId, n }: AttemptJob): string {
  return `${seq}-${taskId}-${deliveryId}-${n}`;
}
