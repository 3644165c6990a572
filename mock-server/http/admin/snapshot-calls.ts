import type { Express } from 'express';
import { summarizeTask, type TaskDownload } from '../../journal/task-summary.ts';
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
      // Read after the number of the entry: a task may be ahead of the stream, but never behind it.
      const { ids } = await pageOfTasks(engine.tasks, ALL, limitOf(request), clock.now());
      const downloads = await downloadsIn(tools);
      const head = { instance, seq, now: new Date(clock.now()).toISOString(), total: engine.tasks.size };
      const show = (id: string): unknown => {
        const task = engine.tasks.get(id);
        if (task === undefined) return null;
        const { plan } = task;
        const prompt = promptOf(tools.packs, plan);
        const { nextAttemptAt } = engine;
        return summarizeTask(task, plan, {
          secrets,
          nextAttemptAt,
          prompt,
          downloads: downloads.get(id) ?? [],
        });
      };
      const before = `${JSON.stringify(head).slice(0, -1)},"tasks":[`;
      await sendList(request, response, ids, show, { before, after: ']}' });
    })
    .all(refuseMethod);
}

/** Returns the downloads in the journal by task. */
async function downloadsIn({ journal }: AdminTools): Promise<ReadonlyMap<string, readonly TaskDownload[]>> {
  const found = new Map<string, TaskDownload[]>();
  await eachInSlices(journal.read({ type: 'media.served' }), (entry) => {
    if (entry?.type !== 'media.served' || entry.taskId === null) return undefined;
    const { taskId, at, name, status } = entry;
    const known = found.get(taskId);
    if (known === undefined) found.set(taskId, [{ at, name, status }]);
    else known.push({ at, name, status });
    return undefined;
  });
  return found;
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
