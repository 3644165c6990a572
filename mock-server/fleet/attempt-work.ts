import { randomUUID } from 'node:crypto';
import type { Courier } from '../delivery/courier.ts';
import type { AttemptResult, OutgoingCallback } from '../delivery/post-callback.ts';
import type { Command, CommandOf, Outcomes } from '../engine/commands.ts';
import type { FleetCourier, PendingAttempt } from './fleet-courier.ts';
import type { Members } from './members.ts';
import type { AttemptJob } from './work-queue.ts';

export interface AttemptWorkOptions {
  readonly replica: string;
  readonly attempts: Pick<FleetCourier, 'find'>;
  readonly courier: Pick<Courier, 'post'>;
  readonly members: Pick<Members, 'live' | 'isCurrent'>;
  readonly send: <Wanted extends Command>(command: Wanted) => Promise<Outcomes[Wanted['type']]>;
  /** Resolves when the commands up to a place are applied here. */
  readonly reached: (place: number) => Promise<void>;
  /** Resolves when all earlier commands of other replicas are applied here. */
  readonly caughtUp: () => Promise<unknown>;
  readonly pause: () => Promise<void>;
  /** Masks the secrets of a receiver's answer. */
  readonly mask: (result: AttemptResult) => AttemptResult;
}

/** Makes the attempts of this replica. */
export interface AttemptWork {
  /** Handles a job. */
  readonly handle: (job: AttemptJob) => Promise<void>;
  /** Whether the run with this token is not over yet. */
  isRunning(token: string): boolean;
}

/**
 * Creates the handler of jobs: makes an attempt, unless another replica has begun it. If that replica has died, the
 * attempt ends as interrupted, and the delivery becomes due again.
 */
export function createAttemptWork(options: AttemptWorkOptions): AttemptWork {
  const { replica, attempts, courier, members, send, reached, caughtUp, mask } = options;

  const running = new Set<string>();

  async function make(job: AttemptJob, url: string): Promise<void> {
    const token = randomUUID();
    running.add(token);
    try {
      await makeAs(token, job, url);
    } finally {
      running.delete(token);
    }
  }

  async function makeAs(token: string, job: AttemptJob, url: string): Promise<void> {
    const key = { taskId: job.taskId, deliveryId: job.deliveryId, n: job.n };
    const begin: CommandOf<'begin-attempt'> = { type: 'begin-attempt', by: replica, token, ...key };
    const prepare = async (): Promise<OutgoingCallback | null> => {
      const outgoing = await send(begin);
      if (members.isCurrent) return outgoing;
      // The others may have taken the attempt away from a replica that was paused here.
      await caughtUp();
      return attempts.find(job)?.token === token ? outgoing : null;
    };
    const result = await courier.post(url, prepare);
    if (result === null && attempts.find(job)?.by !== replica) return;
    await send({ type: 'end-attempt', token, result: result === null ? null : mask(result), ...key });
  }

  async function handle(job: AttemptJob): Promise<void> {
    await reached(job.seq);
    const attempt = attempts.find(job);
    if (attempt === undefined) return;
    if (attempt.by === null) return make(job, attempt.url);
    await untilOver(attempt, options);
  }

  return { handle, isRunning: (token) => running.has(token) };
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
