import { type AttemptJob, jobId, type WorkQueue } from '../../mock-server/fleet/work-queue.ts';
import type { Chance } from '../chance.ts';
import type { Host } from '../host.ts';
import type { Schedule } from '../schedule.ts';

type Handle = (job: AttemptJob) => Promise<void>;

interface Worker {
  readonly replica: string;
  readonly host: Host;
  readonly handle: Handle;
  /** Resolved when a worker that takes no more jobs has none. */
  readonly idle: (() => void)[];
  taken: number;
}

interface Waiting {
  readonly job: AttemptJob;
  worker: Worker | null;
}

/** The queue of jobs in the simulated store. It hands out each job at least once, late, and sometimes twice. */
export interface WorkServer {
  of(replica: string, host: Host): WorkQueue;
}

/** How often jobs are looked for whose worker does not renew its lock. */
const STALL_CHECK_MS = 3_000;
const RETRY_MS = 100;
const TWICE = 0.01;

export function createWorkServer(schedule: Schedule, chance: Chance): WorkServer {
  const jobs = new Map<string, Waiting>();
  const workers = new Map<string, Worker>();

  function run(id: string, waiting: Waiting, worker: Worker): void {
    worker.taken += 1;
    worker.host.after(0.2 + chance.delay(2, 300), () => {
      worker.handle(waiting.job).then(
        () => end(id, waiting, worker, true),
        () => end(id, waiting, worker, false),
      );
    });
  }

  function assign(id: string, waiting: Waiting): void {
    if (waiting.worker !== null || jobs.get(id) !== waiting) return;
    const able = [...workers.values()].filter(({ host }) => canWork(host));
    if (able.length === 0) return schedule.after(RETRY_MS, () => assign(id, waiting));
    const worker = chance.pick(able);
    waiting.worker = worker;
    run(id, waiting, worker);
    // As when a lock is lost although its worker still works.
    if (chance.happens(TWICE)) run(id, waiting, chance.pick(able));
  }

  function end(id: string, waiting: Waiting, worker: Worker, isDone: boolean): void {
    worker.taken -= 1;
    if (worker.taken === 0) for (const done of worker.idle.splice(0)) done();
    if (waiting.worker !== worker || jobs.get(id) !== waiting) return;
    if (isDone) return void jobs.delete(id);
    waiting.worker = null;
    schedule.after(RETRY_MS, () => assign(id, waiting));
  }

  /** Hands out the jobs again whose worker has stalled. */
  function checkStalled(): void {
    for (const [id, waiting] of jobs) {
      if (waiting.worker === null || canWork(waiting.worker.host)) continue;
      waiting.worker = null;
      assign(id, waiting);
    }
    schedule.after(STALL_CHECK_MS, checkStalled);
  }
  schedule.after(STALL_CHECK_MS, checkStalled);

  function leave(replica: string): void {
    workers.delete(replica);
  }

  return {
    of: (replica, host) => ({
      offer: (job) =>
        host.call(() => {
          const id = jobId(job);
          if (jobs.has(id)) return;
          const waiting: Waiting = { job: { ...job }, worker: null };
          jobs.set(id, waiting);
          schedule.after(chance.delay(1, 100), () => assign(id, waiting));
        }),
      work(handle) {
        workers.set(replica, { replica, host, handle, idle: [], taken: 0 });
      },
      async drain() {
        const worker = workers.get(replica);
        leave(replica);
        if (worker === undefined || worker.taken === 0) return;
        await new Promise<void>((done) => worker.idle.push(done));
      },
      async close() {
        leave(replica);
        for (const [id, waiting] of jobs) {
          if (waiting.worker?.replica !== replica) continue;
          waiting.worker = null;
          assign(id, waiting);
        }
      },
    }),
  };
}

function canWork(host: Host): boolean {
  return host.isAlive && !host.isPaused && host.isConnected;
}
