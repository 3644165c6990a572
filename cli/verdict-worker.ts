import { parentPort, workerData } from 'node:worker_threads';
import { judgeJournal } from '../contract-tests/client/judge-journal.ts';
import { type JournalEntry, loadPacks } from '../mock-server/index.ts';
import type { FromWorker, ToWorker, WorkerTask } from './judge-in-worker.ts';

// Judges a journal that arrives in pieces. The worker requests each piece, so that at most one is in flight.

const { packs, options } = workerData as WorkerTask;
const entries: JournalEntry[] = [];
const send = (message: FromWorker): void => parentPort?.postMessage(message);

parentPort?.on('message', (piece: ToWorker) => {
  if (piece.length > 0) {
    // Spreading the piece into one call could overflow the stack.
    for (const entry of piece) entries.push(entry);
    return send({ type: 'more' });
  }
  const loaded = packs.flatMap(({ dir, profile }) => loadPacks({ builtIn: false, packs: [dir], profile }));
  send({ type: 'judged', report: judgeJournal(entries, loaded, options) });
});
send({ type: 'more' });
