import { parentPort, workerData } from 'node:worker_threads';
import { judgeJournal } from '../contract-tests/client/judge-journal.ts';
import { type JournalEntry, loadPacks } from '../mock-server/index.ts';
import type { FromWorker, ToWorker, WorkerTask } from './judge-aside.ts';

/** Judges a journal that comes in pieces. Each piece is asked for, so that no more than one is on its way. */

const { packs, options } = workerData as WorkerTask;
const entries: JournalEntry[] = [];
const say = (message: FromWorker): void => parentPort?.postMessage(message);

parentPort?.on('message', (piece: ToWorker) => {
  if (piece.length > 0) {
    // One by one: a call with many arguments needs as much stack.
    for (const entry of piece) entries.push(entry);
    return say({ type: 'more' });
  }
  const loaded = packs.flatMap(({ dir, profile }) => loadPacks({ builtIn: false, packs: [dir], profile }));
  say({ type: 'judged', report: judgeJournal(entries, loaded, options) });
});
say({ type: 'more' });
