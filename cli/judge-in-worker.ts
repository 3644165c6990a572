import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JournalJudgeOptions } from '../contract-tests/client/judge-journal.ts';
import type { SuiteReport } from '../contract-tests/report.ts';
import type { JournalEntry, Judge } from '../mock-server/index.ts';

/** The input of a worker. It has the folders of packs, because compiled packs cannot be sent to a worker. */
export interface WorkerTask {
  readonly packs: readonly { readonly dir: string; readonly profile: string }[];
  readonly options: JournalJudgeOptions;
}

/** The next entries; empty after the last one. */
export type ToWorker = readonly JournalEntry[];

export type FromWorker =
  | { readonly type: 'more' }
  | { readonly type: 'judged'; readonly report: SuiteReport };

/** How long entries are collected for one message. Sending the message takes about as long again. */
const GATHERING_MS = 2;

/** The worker's module is in the same folder, with the same extension. */
const WORKER = new URL(`verdict-worker${extname(import.meta.url)}`, import.meta.url);

const loadJudge = () => import('../contract-tests/client/judge-journal.ts');

/**
 * Creates a judge that evaluates the journal of a running mock in a worker, so that the mock is not delayed. If a worker
 * cannot run, for lack of memory or file descriptors, the journal is evaluated in steps on the main thread.
 */
export function judgeInWorker(options: JournalJudgeOptions): Judge {
  return async (entries, packs, signal) => {
    try {
      return await reportFromWorker(entries, { packs: packs.map(named), options }, signal);
    } catch {
      signal.throwIfAborted();
      const { judgeJournalInSteps } = await loadJudge();
      return judgeJournalInSteps(entries, packs, options);
    }
  };
}

/** Loads the modules for judging without a worker, while file descriptors are available. */
export async function preloadJudge(): Promise<void> {
  await loadJudge();
}

function named({ dir, profile }: Parameters<Judge>[1][number]): WorkerTask['packs'][number] {
  return { dir, profile };
}

async function reportFromWorker(
  entries: Iterable<JournalEntry>,
  task: WorkerTask,
  signal: AbortSignal,
): Promise<SuiteReport> {
  const worker = new Worker(WORKER, { workerData: task });
  const ended = once(worker, 'exit').then(() => {
    throw new Error('the worker exited before it returned a verdict');
  });
  // The rejection is handled by Promise.race, or happens after the verdict.
  ended.catch(() => undefined);
  try {
    const unread = entries[Symbol.iterator]();
    for (;;) {
      const [message] = (await Promise.race([once(worker, 'message', { signal }), ended])) as [FromWorker];
      if (message.type === 'judged') return message.report;
      worker.postMessage(nextOf(unread));
    }
  } finally {
    void worker.terminate();
  }
}

function nextOf(unread: Iterator<JournalEntry>): ToWorker {
  const piece: JournalEntry[] = [];
  for (const until = performance.now() + GATHERING_MS; performance.now() < until; ) {
    const { done, value } = unread.next();
    if (done === true) break;
    piece.push(value);
  }
  return piece;
}
