import type { Express, Response } from 'express';
import { present } from '../../journal/iso-times.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import { presentEntry, showPlan } from '../../journal/unpack-entry.ts';
import type { Story } from '../../pages/story.ts';
import { taskHtml } from '../../pages/task-html.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { acceptsQuery, badRequest, objectBody } from './parameters.ts';
import { eachInSlices } from './send-list.ts';
import { taskWith } from './task-calls.ts';

/** One page does not have more tasks. */
const MOST_TASKS = 500;

/** The saved page runs nothing, even when it is opened at the address of the mock. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

/** Adds the calls that return tasks as one static page. */
export function addReportCalls(app: Express, tools: AdminTools): void {
  const { engine, settings, json } = tools;
  const send = (response: Response, text: string): void => {
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.type('html').send(text);
  };
  app
    .route('/tasks/:id/report.html')
    .get(acceptsQuery(), async (request, response) => {
      const stories = await storiesOf([taskWith(engine, request.params.id)], tools);
      send(response, taskHtml(stories, { version: settings.version }));
    })
    .all(refuseMethod);
  app
    .route('/report.html')
    .post(json, async (request, response) => {
      const { taskIds, about = '' } = objectBody(request, ['taskIds', 'about']);
      if (typeof about !== 'string') throw badRequest('about must be a string');
      const tasks = readIds(taskIds).map((id) => taskWith(engine, id));
      send(response, taskHtml(await storiesOf(tasks, tools), { version: settings.version, about }));
    })
    .all(refuseMethod);
}

function readIds(ids: unknown): readonly string[] {
  const isList = Array.isArray(ids) && ids.every((id): id is string => typeof id === 'string');
  if (isList && ids.length > 0 && ids.length <= MOST_TASKS) return [...new Set(ids)];
  throw badRequest(`taskIds must be an array of 1 to ${MOST_TASKS} task ids`);
}

/** Reads the journal once for all tasks, because it may be long. */
async function storiesOf(
  tasks: readonly TaskRecord[],
  { journal, clock }: Pick<AdminTools, 'journal' | 'clock'>,
): Promise<readonly Story[]> {
  const { secrets } = journal;
  const stories = new Map(
    tasks.map(({ plan }) => {
      const entries: Story['entries'][number][] = [];
      const shown = present(showPlan(plan, secrets));
      return [plan.taskId as string, { plan: shown, entries, now: clock.now(), wallNow: clock.wallNow() }];
    }),
  );
  const [only] = tasks;
  const filter = only !== undefined && tasks.length === 1 ? { taskId: only.plan.taskId } : {};
  await eachInSlices(journal.read(filter), (record) => {
    const taskId = record !== null && 'taskId' in record ? record.taskId : null;
    if (record !== null && taskId !== null) stories.get(taskId)?.entries.push(presentEntry(record, secrets));
    return undefined;
  });
  return [...stories.values()];
}
