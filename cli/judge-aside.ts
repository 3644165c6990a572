import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JournalJudgement } from '../contract-tests/client/judge-journal.ts';
import type { SuiteReport } from '../contract-tests/report.ts';
import type { JournalEntry, Judge } from '../mock-server/index.ts';

/** What a worker judges by. Packs are named, because what is compiled of them cannot be sent. */
export interface WorkerTask {
  readonly packs: readonly { readonly dir: string; readonly profile: string }[];
  readonly options: JournalJudgement;
}

/** The next entries; none when there are no more. */
export type ToWorker = readonly JournalEntry[];

export type FromWorker =
  | { readonly type: 'more' }
  | { readonly type: 'judged'; readonly report: SuiteReport };

/** How long the entries of one piece are gathered, milliseconds. To send them takes about as long again. */
const GATHERING_MS = 2;

/** Beside this module, compiled or not. */
const WORKER = new URL(`verdict-worker${extname(import.meta.url)}`, import.meta.url);

const loadJudge = () => import('../contract-tests/client/judge-journal.ts');

/**
 * Judges the journal of a running mock in a worker, whose work and garbage do not delay the mock. Where no worker can
 * do it, for want of memory or of file descriptors, the mock judges by itself, in steps.
 */
export function judgeAside(options: JournalJudgement): Judge {
  return async (entries, packs, signal) => {
    try {
      return await judgeInWorker(entries, { packs: packs.map(named), options }, signal);
    } catch {
      signal.throwIfAborted();
      const { judgeJournalInSteps } = await loadJudge();
      return judgeJournalInSteps(entries, packs, options);
    }
  };
}

/** Loads what judging without a worker needs, while there are file descriptors for it. */
export async function preloadJudge(): Promise<void> {
  await loadJudge();
}

function named({ dir, profile }: Parameters<Judge>[1][number]): WorkerTask['packs'][number] {
  return { dir, profile };
}

async function judgeInWorker(
  entries: Iterable<JournalEntry>,
  task: WorkerTask,
  signal: AbortSignal,
): Promise<SuiteReport> {
  const worker = new Worker(WORKER, { workerData: task });
  const ended = once(worker, 'exit').then(() => {
    throw new Error('the worker ended before it had judged');
  });
  // It is seen where it is raced against, or comes after the verdict.
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
