import type { DeliveryId, TaskId } from '../core/types.ts';
import type { Courier, Prepare } from './courier.ts';
import type { AttemptResult } from './post-callback.ts';

/** An attempt that is due. */
export interface DueAttempt {
  readonly taskId: TaskId;
  readonly deliveryId: DeliveryId;
  /** Its number within the delivery, from 1. */
  readonly n: number;
  readonly url: string;
  /** Makes the callback when it is its turn. */
  readonly prepare: Prepare;
  /** Must be called once. @param result null when nothing was sent */
  done(result: AttemptResult | null): void;
  /** Must be called in place of `done` when the attempt could not be made because of a defect. */
  fail(): void;
}

/** Takes an attempt to the courier. */
export type Dispatch = (attempt: DueAttempt) => void;

/** Creates a dispatch that gives each attempt to a courier of this process at once. */
export function dispatchTo(courier: Pick<Courier, 'post'>): Dispatch {
  return (attempt) => {
    const failed = (error: unknown): never => {
      attempt.fail();
      throw error;
    };
    void courier.post(attempt.url, attempt.prepare).then((result) => attempt.done(result), failed);
  };
}
