import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { answerInTime } from './answer-in-time.ts';
import { type AttemptJob, jobId, type WorkQueue } from './work-queue.ts';

export interface BullmqWorkQueueOptions {
  /** Connection for everything but waiting. */
  readonly connection: Redis;
  readonly prefix: string;
  /** Wall time after which the jobs of a dead replica are handed out again, at the earliest. */
  readonly lockMs?: number;
}

/** Receivers can hang, so a replica must be able to wait for many. */
const CONCURRENCY = 4_000;
/** A lock is renewed all the time, so it may be shorter than an attempt: it ends when its replica is dead. */
const LOCK_MS = 5_000;
/** Wall time after which a job is handed out again whose end could not be written to the log. */
const AGAIN_MS = 500;
/** Seconds after which an idle worker asks again for jobs, in case the server forgot that it waits. */
const IDLE_S = 2;

const NAME = 'attempts';

/** What the queue keeps of a job: nothing once it is done, because the journal has the attempts. */
const JOB_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;

type AttemptQueueJob = Job<AttemptJob>;

/** Hands out attempts with BullMQ. Loaded only with a store, because BullMQ is optional. */
export function createBullmqWorkQueue(options: BullmqWorkQueueOptions): WorkQueue {
  const { connection, lockMs = LOCK_MS } = options;
  const shared = { connection, prefix: `${options.prefix}:work` };
  const queue = new Queue<AttemptJob>(NAME, { ...shared, streams: { events: { maxLen: 10 } } });
  // Errors of the connection are reported by the calls that fail.
  queue.on('error', () => undefined);
  const offer = createOffers(queue);
  let worker: Worker<AttemptJob> | undefined;

  return {
    offer,
    work(handle) {
      worker = new Worker<AttemptJob>(NAME, (job, token) => run(handle, job, token), {
        ...shared,
        concurrency: CONCURRENCY,
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        drainDelay: IDLE_S,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      });
      worker.on('error', () => undefined);
    },
    async drain() {
      await worker?.close();
    },
    async close() {
      // Each of them waits for an answer, which may never come.
      void worker?.close(true).catch(() => undefined);
      void queue.close().catch(() => undefined);
    },
  };
}

/** BullMQ must not count attempts: the schedule of the delivery decides whether there is another one. */
async function run(
  handle: (job: AttemptJob) => Promise<void>,
  job: AttemptQueueJob,
  token: string | undefined,
): Promise<void> {
  try {
    await handle(job.data);
  } catch {
    await job.moveToDelayed(Date.now() + AGAIN_MS, token);
    throw new DelayedError();
  }
}

/** Adds the jobs of one turn of the event loop together. */
function createOffers(queue: Queue<AttemptJob>): WorkQueue['offer'] {
  let jobs: AttemptJob[] = [];
  let added: Promise<unknown> | undefined;

  async function addAll(): Promise<void> {
    await null;
    const bulk = jobs.map((data) => ({ name: NAME, data, opts: { ...JOB_OPTIONS, jobId: safeId(data) } }));
    jobs = [];
    added = undefined;
    await answerInTime(queue.addBulk(bulk));
  }

  return async (job) => {
    jobs.push(job);
    added ??= addAll();
    await added;
  };
}

/** BullMQ refuses colons in ids. */
function safeId(job: AttemptJob): string {
  return jobId(job).replaceAll(':', '_');
}
