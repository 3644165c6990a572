import type { Express, Request } from 'express';
import { CodedError } from '../../core/coded-error.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RedeliverOptions } from '../../engine/redelivery.ts';
import type { TaskRecord } from '../../journal/stored-task.ts';
import { reportTask } from '../../journal/task-report.ts';
import type { Accounts } from '../accounts.ts';
import { takeInSlices } from '../slices.ts';
import { refuseMethod } from './admin-errors.ts';
import type { AdminTools } from './admin-tools.ts';
import { changesState } from './changes-state.ts';
import { pageOfTasks, type TaskFilter } from './list-pages.ts';
import { checkMessages } from './message-checks.ts';
import { acceptsQuery, accountOf, booleanField, limitOf, objectBody, textField } from './parameters.ts';
import { linkNext, sendList } from './send-list.ts';

/** Adds the calls that show tasks and check their messages. */
export function addTaskViews(app: Express, { packs, engine, clock, journal, accounts }: AdminTools): void {
  const { secrets } = journal;
  const { nextAttemptAt } = engine;
  app
    .route('/tasks')
    .get(acceptsQuery('state', 'pack', 'apiKey', 'limit', 'before'), async (request, response) => {
      const limit = limitOf(request);
      const now = clock.now();
      const { ids, hasMore } = await pageOfTasks(engine.tasks, taskFilterOf(request, accounts), limit, now);
      const [oldest] = ids;
      if (hasMore && oldest !== undefined) linkNext(request, response, 'before', oldest);
      await sendList(request, response, ids, (id) => {
        const task = engine.tasks.get(id);
        return task === undefined ? null : reportTask(task, { now, secrets, nextAttemptAt });
      });
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id')
    .get((request, response) => {
      response.json(
        reportTask(taskWith(engine, request.params.id), { now: clock.now(), secrets, nextAttemptAt }),
      );
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id/checks')
    .get(async (request, response) => {
      const { plan } = taskWith(engine, request.params.id);
      const pack = packs.find(({ name }) => name === plan.pack);
      const records = journal.entries({ taskId: plan.taskId });
      response.json(pack === undefined ? [] : await takeInSlices(checkMessages(pack, records)));
    })
    .all(refuseMethod);
}

/** Adds the calls that send the callback of a task again, and end a task. */
export function addTaskCommands(app: Express, tools: AdminTools): void {
  const { engine, commands, clock, journal, json } = tools;
  const report = (task: TaskRecord) =>
    reportTask(task, {
      now: clock.now(),
      secrets: journal.secrets,
      nextAttemptAt: engine.nextAttemptAt,
    });
  app
    .route('/tasks/:id/redeliver')
    .post(
      json,
      changesState<{ id: string }>(journal, async (request) => {
        const { id: taskId } = request.params;
        const options = redeliverOptionsOf(request);
        const body = report(await commands.run({ type: 'redeliver', taskId, options }));
        return { status: 202, body };
      }),
    )
    .all(refuseMethod);
  app
    .route('/tasks/:id/amend')
    .post(
      json,
      changesState<{ id: string }>(journal, async (request) => {
        const outcome = textField(objectBody(request, ['outcome']), 'outcome');
        const body = report(await commands.run({ type: 'amend', taskId: request.params.id, outcome }));
        return { status: 200, body };
      }),
    )
    .all(refuseMethod);
}

/** Returns the options in the body, which may be absent. */
function redeliverOptionsOf(request: Request<{ id: string }>): RedeliverOptions {
  if (request.body === undefined) return {};
  const body = objectBody(request, ['to', 'forged']);
  return {
    ...(body.to === undefined ? {} : { to: textField(body, 'to') }),
    ...(body.forged === undefined ? {} : { forged: booleanField(body, 'forged') }),
  };
}

/** Returns the task of an id. @throws {CodedError} TASK_UNKNOWN */
export function taskWith(engine: Pick<Engine, 'tasks'>, id: string): TaskRecord {
  const task = engine.tasks.find(id);
  if (task !== undefined) return task;
  throw new CodedError(
    'TASK_UNKNOWN',
    `task "${id.slice(0, 100)}" does not exist`,
    'Use GET /__admin/tasks to list all tasks.',
  );
}

function taskFilterOf(request: Request, accounts: Accounts): TaskFilter {
  const { state = null, pack = null, before = null } = request.query as Readonly<Record<string, string>>;
  return { state, pack, before, account: accountOf(request, accounts) ?? null };
}
