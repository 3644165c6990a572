import type { Later } from './memory-log.ts';
import { type AttemptJob, jobId, type WorkQueue } from './work-queue.ts';

type Handle = (job: AttemptJob) => Promise<void>;

interface Waiting {
  readonly job: AttemptJob;
  /** The replica that has the job; null while it waits for one. */
  holder: string | null;
}

/** A queue in the memory of one process. */
export interface MemoryWorkQueue {
  /** The queue as one replica sees it. */
  of(replica: string): WorkQueue;
  /** Takes the jobs of a replica away from it, and gives them to others. */
  cut(replica: string): void;
}

export function createMemoryWorkQueue(later: Later): MemoryWorkQueue {
  const jobs = new Map<string, Waiting>();
  const workers = new Map<string, Handle>();
  const idle = new Map<string, (() => void)[]>();
  let turn = 0;

  function assign(id: string, waiting: Waiting): void {
    const all = [...workers];
    const [replica, handle] = all[turn++ % Math.max(1, all.length)] ?? [];
    if (replica === undefined || handle === undefined || waiting.holder !== null) return;
    waiting.holder = replica;
    later(() => {
      if (waiting.holder !== replica) return;
      handle(waiting.job).then(
        () => end(id, waiting, replica, true),
        () => end(id, waiting, replica, false),
      );
    });
  }

  function end(id: string, waiting: Waiting, replica: string, isDone: boolean): void {
    if (waiting.holder !== replica) return;
    waiting.holder = null;
    if (isDone) jobs.delete(id);
    else later(() => assign(id, waiting));
    if (countOf(replica) > 0) return;
    for (const done of idle.get(replica) ?? []) done();
    idle.delete(replica);
  }

  function countOf(replica: string): number {
    let count = 0;
    for (const { holder } of jobs.values()) if (holder === replica) count += 1;
    return count;
  }

  function cut(replica: string): void {
    workers.delete(replica);
    for (const [id, waiting] of jobs) {
      if (waiting.holder !== replica) continue;
      waiting.holder = null;
      assign(id, waiting);
    }
  }

  return {
    of: (replica) => ({
      async offer(job) {
        const id = jobId(job);
        if (jobs.has(id)) return;
        const waiting: Waiting = { job, holder: null };
        jobs.set(id, waiting);
        assign(id, waiting);
      },
      work(handle) {
        workers.set(replica, handle);
        for (const [id, waiting] of jobs) assign(id, waiting);
      },
      async drain() {
        workers.delete(replica);
        if (countOf(replica) === 0) return;
        await new Promise<void>((done) => idle.set(replica, [...(idle.get(replica) ?? []), done]));
      },
      async close() {
        cut(replica);
      },
    }),
    cut,
  };
}
