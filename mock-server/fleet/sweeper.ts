import type { Applier } from './applier.ts';
import type { Send } from './command-sender.ts';
import type { FleetCourier, PendingAttempt } from './fleet-courier.ts';
import type { Members } from './members.ts';
import { jobId, type WorkQueue } from './work-queue.ts';

export interface SweeperOptions {
  readonly members: Pick<Members, 'live'>;
  readonly attempts: Pick<FleetCourier, 'pending'>;
  readonly applier: Pick<Applier, 'move'>;
  readonly work: Pick<WorkQueue, 'offer'>;
  readonly send: Send;
  readonly replica: string;
  /** Whether a run of this replica is not over yet. */
  readonly isRunning: (token: string) => boolean;
}

/**
 * Creates a check, to be run regularly, for what a replica left undone when it died: attempts that it did not offer or did
 * not end, and a move of the clock. Every replica may run it at the same time.
 */
export function createSweeper(options: SweeperOptions): () => void {
  const { members, attempts, applier, work, send, replica, isRunning } = options;
  /** The attempts that the previous check saw: only what stays counts as left undone. */
  let seen = new Set<string>();

  async function finish({ by, token, ...job }: PendingAttempt, live: ReadonlySet<string>): Promise<void> {
    const { seq, taskId, deliveryId, n } = job;
    if (by === null) return work.offer({ seq, taskId, deliveryId, n });
    // Its replica has died, or could not record how it ended because the store could not be reached.
    const isLeft = by === replica ? token !== null && !isRunning(token) : !live.has(by);
    if (isLeft) await send({ type: 'end-attempt', token: null, result: null, taskId, deliveryId, n });
  }

  async function sweep(): Promise<void> {
    const pending = [...attempts.pending()];
    const stale = pending.filter((attempt) => seen.has(keyOf(attempt)));
    seen = new Set(pending.map(keyOf));
    const { move } = applier;
    if (stale.length === 0 && move === null) return;
    const live = new Set(await members.live());
    if (move !== null && !live.has(move.by)) await send({ type: 'end-move', move: move.id, to: null });
    for (const attempt of stale) await finish(attempt, live);
  }

  let isSweeping = false;
  return () => {
    if (isSweeping) return;
    isSweeping = true;
    // What could not be done now is done by a later check.
    sweep()
      .catch(() => undefined)
      .finally(() => {
        isSweeping = false;
      });
  };
}

/** An attempt that has begun in the meantime has made progress. */
function keyOf(attempt: PendingAttempt): string {
  return `${jobId(attempt)} ${attempt.by}`;
}
