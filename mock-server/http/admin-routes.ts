import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { CodedError } from '../core/coded-error.ts';
import { parseDuration } from '../core/duration.ts';
import { viewTask } from '../core/view.ts';
import type { Pack } from '../packs/pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';
import type { Accounts } from '../runtime/accounts.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Engine } from '../runtime/engine.ts';
import type { Journal, JournalFilter, JournalRecord } from '../runtime/journal.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { present } from '../runtime/present.ts';
import type { Settings } from '../runtime/settings.ts';
import { reportTask, type TaskReport } from '../runtime/task-report.ts';
import type { TaskRecord } from '../runtime/task-store.ts';
import type { AdminGuard } from './admin-guard.ts';
import { streamEvents } from './event-stream.ts';
import { problemOf, sendProblem } from './problem.ts';

/** Judges a client by the journal; handed in by whoever composes the server. */
export type Judge = (entries: readonly JournalRecord[]) => unknown;

export interface AdminRoutesOptions {
  readonly packs: readonly Pack[];
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly accounts: Accounts;
  readonly metrics: Metrics;
  readonly settings: Settings;
  readonly guard: AdminGuard;
  readonly judge: Judge | null;
}

/** How many tasks a listing shows unless `?limit=` says otherwise. */
const TASKS_SHOWN = 1000;

/** The admin API: an Express app to be mounted at `/__admin`. spec/admin.openapi.yaml describes it. */
export function createAdminRoutes(options: AdminRoutesOptions): express.Express {
  const { engine, clock, journal, accounts, settings } = options;
  const app = express();
  app.disable('x-powered-by');
  app.use(guarded(options.guard));
  app.use(express.json({ limit: '1mb', strict: false }));

  app.get('/health', (_request, response) => {
    response.json({
      status: 'ok',
      version: settings.version,
      packs: options.packs.map(({ name }) => name),
      profiles: Object.fromEntries(options.packs.map(({ name, profile }) => [name, profile])),
      now: iso(clock.now()),
    });
  });
  app.get('/openapi.json', (_request, response) => {
    response.json(readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value);
  });

  app
    .route('/clock')
    .get((_request, response) => response.json(showClock(clock)))
    .post(async (request, response) => {
      await moveClock(clock, objectBody(request));
      response.json(showClock(clock));
    });

  app.get('/tasks', (request, response) => response.json(listTasks(request)));
  app.get('/tasks/:id', (request, response) => response.json(reportTask(taskOf(request), clock.now())));
  app.post('/tasks/:id/redeliver', (request, response) => {
    response.status(202).json(reportTask(engine.redeliver(request.params.id), clock.now()));
  });
  app.post('/tasks/:id/amend', (request, response) => {
    const outcome = textField(objectBody(request), 'outcome');
    response.json(reportTask(engine.amend(request.params.id, outcome), clock.now()));
  });

  app
    .route('/scenarios')
    .get((_request, response) => response.json(engine.scenarios.queued))
    .post((request, response) => {
      const body = objectBody(request);
      engine.scenarios.enqueue(textField(body, 'scenario'), {
        times: timesField(body),
        account: body.apiKey === undefined ? null : accounts.fromKey(textField(body, 'apiKey')),
      });
      response.status(201).json(engine.scenarios.queued);
    })
    .delete((_request, response) => {
      engine.scenarios.clear();
      response.status(204).end();
    });

  app
    .route('/journal')
    .get((request, response) => response.json(journal.records(filterOf(request)).map(present)))
    .delete((_request, response) => {
      journal.clear();
      response.status(204).end();
    });
  app.get('/events', (request, response) => streamEvents(request, response, journal, filterOf(request)));

  app.get('/verdicts', (request, response) => {
    if (options.judge === null) return sendProblem(response, NO_JUDGE);
    const key = request.query.apiKey;
    const account = typeof key === 'string' ? accounts.fromKey(key) : null;
    const entries = journal.records().filter((record) => isOf(record, account));
    return response.json(options.judge(entries));
  });
  app.post('/reset', (_request, response) => {
    engine.reset();
    response.status(204).end();
  });
  app.get('/metrics', (_request, response) => {
    response.type('text/plain; version=0.0.4').send(options.metrics.render());
  });

  app.use((request, response) => {
    sendProblem(response, {
      status: 404,
      title: 'There is no such admin call.',
      detail: `${request.method} ${request.originalUrl.split('?')[0]} is not part of the admin API.`,
      remedy: 'GET /__admin/openapi.json lists every call.',
    });
  });
  app.use(answerErrors);
  return app;

  function taskOf(request: Request<{ id: string }>): TaskRecord {
    const task = engine.tasks.get(request.params.id);
    if (task !== undefined) return task;
    throw new CodedError(
      'TASK_UNKNOWN',
      `there is no task "${request.params.id.slice(0, 100)}"`,
      'GET /__admin/tasks lists all.',
    );
  }

  function listTasks({ query }: Request): TaskReport[] {
    const { state, pack, apiKey } = query;
    const account = typeof apiKey === 'string' ? accounts.fromKey(apiKey) : undefined;
    const limit = wholeNumber(query.limit, 'limit') ?? TASKS_SHOWN;
    const now = clock.now();
    return [...engine.tasks.all()]
      .filter(({ plan }) => is(plan.pack, pack) && is(plan.account, account))
      .filter(({ plan }) => is(viewTask(plan, now).state, state))
      .slice(-limit)
      .map((task) => reportTask(task, now));
  }
}

/** A query parameter that was not given fits everything. */
function is(value: string, wanted: unknown): boolean {
  return wanted === undefined || value === wanted;
}

function guarded(guard: AdminGuard): RequestHandler {
  return (request, response, next) => {
    const problem = guard(request);
    if (problem === null) next();
    else sendProblem(response, problem);
  };
}

function showClock(clock: Clock) {
  return { mode: clock.mode, now: iso(clock.now()), wallNow: iso(clock.wallNow()) };
}

async function moveClock(clock: Clock, body: Readonly<Record<string, unknown>>): Promise<void> {
  if (body.advance !== undefined) {
    const durationMs = parseDuration(textField(body, 'advance'));
    if (durationMs === null)
      throw badRequest(`advance must be a duration like 30s or 14d, got "${body.advance}"`);
    return clock.advance(durationMs);
  }
  if (body.set === undefined)
    throw badRequest('the body must have "advance" (like "14d") or "set" (an ISO time)');
  const at = Date.parse(textField(body, 'set'));
  if (Number.isNaN(at)) throw badRequest(`set must be an ISO 8601 time, got "${body.set}"`);
  return clock.moveTo(at);
}

function isOf(record: JournalRecord, account: string | null): boolean {
  return account === null || !('account' in record) || record.account === account;
}

function filterOf({ query }: Request): JournalFilter {
  const since = wholeNumber(query.since, 'since');
  return {
    ...(typeof query.type === 'string' ? { type: query.type } : {}),
    ...(typeof query.taskId === 'string' ? { taskId: query.taskId } : {}),
    ...(since === null ? {} : { since }),
  };
}

function wholeNumber(value: unknown, name: string): number | null {
  if (value === undefined) return null;
  const number = Number(value);
  if (typeof value === 'string' && Number.isSafeInteger(number) && number >= 0) return number;
  throw badRequest(`${name} must be a whole number, got "${String(value).slice(0, 100)}"`);
}

function objectBody(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) {
    return body as Readonly<Record<string, unknown>>;
  }
  throw badRequest('the body must be a JSON object, sent with Content-Type: application/json');
}

function textField(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`${name} must be a text, got ${JSON.stringify(value) ?? 'nothing'}`);
}

function timesField({ times = 1 }: Readonly<Record<string, unknown>>): number {
  if (typeof times === 'number' && Number.isSafeInteger(times) && times >= 1 && times <= 1_000_000)
    return times;
  throw badRequest(`times must be a whole number from 1 to 1000000, got ${JSON.stringify(times)}`);
}

function badRequest(message: string): CodedError {
  return new CodedError('BAD_REQUEST', message, 'GET /__admin/openapi.json describes every call.');
}

/** Never a stack trace: what is not ours to explain is said in one sentence. */
const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  if (error instanceof CodedError) return sendProblem(response, problemOf(error));
  const { status = 500, message = '' } = (error ?? {}) as { status?: number; message?: string };
  const title = status < 500 ? 'The request could not be understood.' : 'The mock failed; this is a defect.';
  return sendProblem(response, { status, title, detail: message.slice(0, 300) });
};

const NO_JUDGE = {
  status: 501,
  title: 'There is no judge here.',
  detail: 'This mock was composed without one.',
  remedy: 'Start it with "stuntdouble start", or pass `judge` to createMockServer().',
};

function iso(at: number): string {
  return new Date(at).toISOString();
}
