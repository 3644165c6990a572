import { randomUUID } from 'node:crypto';
import type { Courier } from '../delivery/courier.ts';
import type { AttemptResult } from '../delivery/post-callback.ts';
import type { Command, CommandOf, Outcomes } from '../engine/commands.ts';
import type { FleetCourier, PendingAttempt } from './fleet-courier.ts';
import type { Members } from './members.ts';
import type { AttemptJob } from './work-queue.ts';

export interface AttemptWorkOptions {
  readonly replica: string;
  readonly attempts: Pick<FleetCourier, 'find'>;
  readonly courier: Pick<Courier, 'post'>;
  readonly members: Pick<Members, 'live'>;
  readonly send: <Wanted extends Command>(command: Wanted) => Promise<Outcomes[Wanted['type']]>;
  /** Resolves when the commands up to a place are applied here. */
  readonly reached: (place: number) => Promise<void>;
  readonly pause: () => Promise<void>;
  /** Masks the secrets of a receiver's answer. */
  readonly mask: (result: AttemptResult) => AttemptResult;
}

/**
 * Creates the handler of jobs: makes an attempt, unless another replica has begun it. If that replica has died, the
 * attempt ends as interrupted, and the delivery becomes due again.
 */
export function createAttemptWork(options: AttemptWorkOptions): (job: AttemptJob) => Promise<void> {
  const { replica, attempts, courier, send, reached, mask } = options;

  async function make(job: AttemptJob, url: string): Promise<void> {
    const token = randomUUID();
    const key = { taskId: job.taskId, deliveryId: job.deliveryId, n: job.n };
    const begin: CommandOf<'begin-attempt'> = { type: 'begin-attempt', by: replica, token, ...key };
    const result = await courier.post(url, () => send(begin));
    if (result === null && attempts.find(job)?.by !== replica) return;
    await send({ type: 'end-attempt', token, result: result === null ? null : mask(result), ...key });
  }

  return async (job) => {
    await reached(job.seq);
    const attempt = attempts.find(job);
    if (attempt === undefined) return;
    if (attempt.by === null) return make(job, attempt.url);
    await untilOver(attempt, options);
  };
}

/** Waits for an attempt of another replica, and ends it when that replica is dead. */
async function untilOver(
  attempt: PendingAttempt,
  { members, attempts, pause, send }: AttemptWorkOptions,
): Promise<void> {
  const { taskId, deliveryId, n } = attempt;
  const over = attempt.over();
  for (;;) {
    await Promise.race([over, pause()]);
    const now = attempts.find(attempt);
    if (now === undefined || now.by === null) return;
    if ((await members.live()).includes(now.by)) continue;
    await send({ type: 'end-attempt', token: null, result: null, taskId, deliveryId, n });
    return;
  }
}
