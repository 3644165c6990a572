import type { Express } from 'express';
import type { Journal } from '../../journal/journal.ts';
import type { PackedEntry } from '../../journal/journal-entry.ts';
import { summarizeTask, type TaskDownload } from '../../journal/task-summary.ts';
import { presentEntry } from '../../journal/unpack-entry.ts';
import type { Pack } from '../../packs/pack.ts';
import { atPointer } from '../../packs/pointer.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { pageOfTasks } from './list-pages.ts';
import { acceptsQuery, limitOf } from './parameters.ts';
import { eachInSlices, sendList } from './send-list.ts';

const ALL = { pack: null, account: null, state: null, before: null };

/** Adds the call that returns the latest tasks in short, and the entry after which a stream continues them. */
export function addSnapshotCalls(app: Express, tools: AdminTools): void {
  const { engine, clock, journal } = tools;
  app
    .route('/snapshot')
    .get(acceptsQuery('limit'), async (request, response) => {
      const { secrets, instance, last: seq } = journal;
      const total = engine.tasks.size;
      // Read after the number of the entry: a task may be ahead of the stream, but never behind it.
      const { ids } = await pageOfTasks(engine.tasks, ALL, limitOf(request), clock.now());
      const { downloads, refused } = await gleanedFrom(journal);
      const now = new Date(clock.now()).toISOString();
      const { nextAttemptAt } = engine;
      const show = (id: string): unknown => {
        const task = engine.tasks.get(id);
        if (task === undefined) return null;
        const { plan } = task;
        const prompt = promptOf(tools.packs, plan);
        const known = downloads.get(id) ?? [];
        return summarizeTask(task, plan, { secrets, nextAttemptAt, prompt, downloads: known });
      };
      const refusals = refused.map((entry) => presentEntry(entry, secrets));
      const head = JSON.stringify({ instance, seq, now, total, refusals });
      await sendList(request, response, ids, show, { before: `${head.slice(0, -1)},"tasks":[`, after: ']}' });
    })
    .all(refuseMethod);
}

/** Refused calls are rare; the latest ones show what is wrong. */
const REFUSALS = 100;

/** Returns the downloads in the journal by task, and the latest refused calls. */
async function gleanedFrom(journal: Journal) {
  const downloads = new Map<string, TaskDownload[]>();
  let refused: PackedEntry[] = [];
  await eachInSlices(journal.read(), (entry) => {
    if (entry?.type === 'request.answered' && entry.error !== null) refused.push(entry);
    if (refused.length > 2 * REFUSALS) refused = refused.slice(-REFUSALS);
    if (entry?.type !== 'media.served' || entry.taskId === null) return undefined;
    const { taskId, at, name, status } = entry;
    const known = downloads.get(taskId);
    if (known === undefined) downloads.set(taskId, [{ at, name, status }]);
    else known.push({ at, name, status });
    return undefined;
  });
  return { downloads, refused: refused.slice(-REFUSALS) };
}

function promptOf(
  packs: readonly Pack[],
  {
    pack: name,
    operation: id,
    request,
  }: { readonly pack: string; readonly operation: string; readonly request: object },
): string {
  const operation = packs.find((pack) => pack.name === name)?.operations.find((one) => one.id === id);
  const pointer = operation?.type === 'submit' ? operation.promptPointer : null;
  const prompt = pointer === null ? undefined : atPointer(request, pointer);
  return typeof prompt === 'string' ? prompt : '';
}
