import type { RequestListener } from 'node:http';
import { METHODS } from 'node:http';
import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Request, type RequestHandler } from 'express';
import { CodedError, nearest } from '../core/coded-error.ts';
import { parseDuration } from '../core/duration.ts';
import { ERRORS } from '../core/error-codes.ts';
import type { Account } from '../core/types.ts';
import type { Clock } from '../delivery/clock.ts';
import type { Engine } from '../engine/engine.ts';
import type { Settings } from '../engine/settings.ts';
import type { Journal, JournalFilter } from '../journal/journal.ts';
import { JOURNAL_TYPES, type JournalRecord } from '../journal/journal-record.ts';
import type { Metrics } from '../journal/metrics.ts';
import { sharedOf } from '../journal/packed-plan.ts';
import { reportTask } from '../journal/task-report.ts';
import type { TaskRecord } from '../journal/task-store.ts';
import { presentRecord } from '../journal/unpack-record.ts';
import { describePack } from '../packs/describe-pack.ts';
import { inDocumentedOrder } from '../packs/in-documented-order.ts';
import type { Pack } from '../packs/pack.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { readYamlFile } from '../packs/yaml-file.ts';
import { listScenarios } from '../scenarios/catalog.ts';
import type { Accounts } from './accounts.ts';
import { readAdminBody } from './admin-body.ts';
import type { AdminGuard } from './admin-guard.ts';
import { failureOf } from './answer-defect.ts';
import { createEventStreams } from './event-stream.ts';
import type { Intake } from './intake.ts';
import { pageOfJournal, pageOfTasks, type TaskFilter } from './list-pages.ts';
import { checkMessages } from './message-checks.ts';
import { type Problem, problemOf, sendProblem } from './problem.ts';
import { linkNext, sendList } from './send-list.ts';
import { takeInSlices } from './slices.ts';
import { createVerdicts, type Judge } from './verdicts.ts';

export interface AdminRoutesOptions {
  readonly packs: readonly Pack[];
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly accounts: Accounts;
  readonly metrics: Metrics;
  readonly settings: Settings;
  readonly intake: Intake;
  readonly guard: AdminGuard;
  readonly judge: Judge | null;
  /** Returns why the journal cannot be written to disk at present, or null. */
  readonly trouble: () => string | null;
}

/** Default page size for tasks, journal entries and queued scenarios. */
const LISTED = 1000;

let document: unknown;

/** Returns the OpenAPI document of the admin API. Read once, because it does not change. */
export function adminDocument(): unknown {
  document ??= readYamlFile(join(PACKAGE_ROOT, 'spec/admin.openapi.yaml')).value;
  return document;
}

/**
 * Creates the admin API, to be mounted at `/__admin`, as described in spec/admin.openapi.yaml. The return type does not
 * mention Express, because the public types include it and users do not need the types of Express.
 */
export function createAdminRoutes(options: AdminRoutesOptions): RequestListener {
  const { engine, clock, journal, accounts, settings } = options;
  const app = express();
  app.disable('x-powered-by');
  // Every answer reflects the current state, so conditional requests and 304 make no sense here.
  app.disable('etag');
  app.use(guarded(options.guard));
  const verdicts =
    options.judge === null
      ? null
      : createVerdicts({ journal, packs: options.packs, judge: options.judge, concerns });
  const json = readAdminBody(options.intake);
  const events = createEventStreams(journal);

  app
    .route('/health')
    .get((_request, response) => {
      response.json({
        ...healthOf(options.trouble()),
        version: settings.version,
        packs: options.packs.map(({ name }) => name),
        profiles: Object.fromEntries(options.packs.map(({ name, profile }) => [name, profile])),
        now: iso(clock.now()),
      });
    })
    .all(refuseMethod);
  app
    .route('/openapi.json')
    .get((_request, response) => {
      response.json(adminDocument());
    })
    .all(refuseMethod);
  app
    .route('/metrics')
    .get((_request, response) => {
      response.type('text/plain; version=0.0.4').send(options.metrics.render());
    })
    .all(refuseMethod);
  app
    .route('/reset')
    .post(
      acceptsQuery(),
      changesState(
        () => {
          engine.reset();
          return { status: 204 };
        },
        // A reset must work on a full disk, because it can free space.
        { evenUnwritable: true },
      ),
    )
    .all(refuseMethod);

  app
    .route('/clock')
    .get((_request, response) => {
      response.json(showClock(clock));
    })
    .post(
      json,
      changesState(async (request) => {
        await moveClock(engine, objectBody(request, ['advance', 'set']));
        return { status: 200, body: showClock(clock) };
      }),
    )
    .all(refuseMethod);

  app
    .route('/packs')
    .get(acceptsQuery(), (_request, response) => {
      response.json(
        inDocumentedOrder(options.packs).map((pack) => ({
          ...describePack(pack),
          scenarios: listScenarios([pack]).map(({ name, summary }) => ({ name, summary })),
        })),
      );
    })
    .all(refuseMethod);

  app
    .route('/tasks')
    .get(acceptsQuery('state', 'pack', 'apiKey', 'limit', 'before'), async (request, response) => {
      const limit = wholeNumber(request, 'limit') ?? LISTED;
      const now = clock.now();
      const { ids, hasMore } = await pageOfTasks(engine.tasks, taskFilterOf(request), limit, now);
      const [oldest] = ids;
      if (hasMore && oldest !== undefined) linkNext(request, response, 'before', oldest);
      await sendList(request, response, ids, (id) => {
        const task = engine.tasks.get(id);
        return task === undefined ? null : reportTask(task, now, journal.secrets);
      });
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id')
    .get((request, response) => {
      response.json(reportTask(taskOf(request), clock.now(), journal.secrets));
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id/checks')
    .get(async (request, response) => {
      const { plan } = taskOf(request);
      const pack = options.packs.find(({ name }) => name === plan.pack);
      const records = journal.records({ taskId: plan.taskId });
      response.json(pack === undefined ? [] : await takeInSlices(checkMessages(pack, records)));
    })
    .all(refuseMethod);
  app
    .route('/tasks/:id/redeliver')
    .post(
      changesState<{ id: string }>(({ params }) => {
        const body = reportTask(engine.redeliver(params.id), clock.now(), journal.secrets);
        return { status: 202, body };
      }),
    )
    .all(refuseMethod);
  app
    .route('/tasks/:id/amend')
    .post(
      json,
      changesState<{ id: string }>((request) => {
        const outcome = textField(objectBody(request, ['outcome']), 'outcome');
        const body = reportTask(engine.amend(request.params.id, outcome), clock.now(), journal.secrets);
        return { status: 200, body };
      }),
    )
    .all(refuseMethod);

  app
    .route('/scenarios')
    .get(acceptsQuery('limit'), (request, response) => {
      response.json(engine.scenarios.next(wholeNumber(request, 'limit') ?? LISTED));
    })
    .post(
      json,
      changesState((request) => {
        const body = objectBody(request, ['scenario', 'times', 'apiKey']);
        const queued = engine.scenarios.enqueue(textField(body, 'scenario'), {
          times: timesField(body),
          account: body.apiKey === undefined ? null : accounts.fromKey(textField(body, 'apiKey')),
        });
        return { status: 201, body: { ...queued, waiting: engine.scenarios.waiting } };
      }),
    )
    .delete(
      acceptsQuery('apiKey'),
      changesState((request) => {
        engine.scenarios.clear(accountOf(request));
        return { status: 204 };
      }),
    )
    .all(refuseMethod);

  app
    .route('/journal')
    .get(acceptsQuery('type', 'taskId', 'since', 'limit'), async (request, response) => {
      const filter = filterOf(request);
      const limit = wholeNumber(request, 'limit') ?? LISTED;
      const { upTo, hasMore } = await pageOfJournal(journal, filter, limit);
      if (hasMore && limit > 0) linkNext(request, response, 'since', String(upTo));
      await sendList(request, response, journal.read({ ...filter, upTo }), (record) =>
        record === null ? null : presentRecord(record, journal.secrets),
      );
    })
    .delete(
      acceptsQuery(),
      changesState(() => {
        engine.clearJournal();
        return { status: 204 };
      }),
    )
    .all(refuseMethod);
  app
    .route('/events')
    .get(acceptsQuery('type', 'taskId', 'since'), (request, response) => {
      events.open(request, response, filterOf(request));
    })
    .all(refuseMethod);

  app
    .route('/verdicts')
    .get(acceptsQuery('apiKey'), async (request, response) => {
      if (verdicts === null) return sendProblem(response, NO_JUDGE);
      const account = accountOf(request);
      const hungUp = new AbortController();
      response.on('close', () => hungUp.abort());
      try {
        response.json(await verdicts.of(account, hungUp.signal));
      } catch (error) {
        if (!hungUp.signal.aborted) throw error;
      }
    })
    .all(refuseMethod);

  app.use((request, response) => {
    sendProblem(response, {
      status: 404,
      title: ERRORS.CALL_UNKNOWN.title,
      detail: `${request.method} ${request.originalUrl.split('?')[0]} is not a call of the admin API.`,
      code: 'CALL_UNKNOWN',
      remedy: 'See GET /__admin/openapi.json for the list of calls.',
    });
  });
  app.use(answerErrors);
  return app;

  /**
   * Handles a call that changes state. It is answered only after the changes are on disk, if there is a disk, so that
   * they cannot be lost. Every such call must be wrapped in this function.
   */
  function changesState<Params = Record<string, never>>(
    make: (request: Request<Params>) => Reply | Promise<Reply>,
    { evenUnwritable = false } = {},
  ): RequestHandler<Params> {
    return async (request, response) => {
      const refusal = evenUnwritable ? null : journal.refusal();
      if (refusal !== null) throw refusal;
      const { status, body } = await make(request);
      await journal.durable();
      response.status(status);
      if (body === undefined) response.end();
      else response.json(body);
    };
  }

  function taskOf(request: Request<{ id: string }>): TaskRecord {
    const task = engine.tasks.get(request.params.id);
    if (task !== undefined) return task;
    throw new CodedError(
      'TASK_UNKNOWN',
      `task "${request.params.id.slice(0, 100)}" does not exist`,
      'Use GET /__admin/tasks to list all tasks.',
    );
  }

  function taskFilterOf(request: Request): TaskFilter {
    const { state = null, pack = null, before = null } = request.query as Readonly<Record<string, string>>;
    return { state, pack, before, account: accountOf(request) ?? null };
  }

  function accountOf({ query }: Request): Account | undefined {
    return typeof query.apiKey === 'string' ? accounts.fromKey(query.apiKey) : undefined;
  }

  /**
   * Returns whether an entry is about the account or one of its tasks. Entries without an account, such as a reset,
   * concern all accounts.
   */
  function concerns(record: JournalRecord, account: Account): boolean {
    if ('account' in record) return record.account === account;
    if (!('taskId' in record)) return true;
    const task = record.taskId === null ? undefined : engine.tasks.get(record.taskId);
    return task !== undefined && sharedOf(task.packed).account === account;
  }
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

function guarded(guard: AdminGuard): RequestHandler {
  return (request, response, next) => {
    const problem = guard(request);
    if (problem === null) next();
    else sendProblem(response, problem);
  };
}

function healthOf(trouble: string | null) {
  return trouble === null ? { status: 'ok' } : { status: 'degraded', trouble };
}

function showClock(clock: Clock) {
  const nextAt = clock.nextAt();
  return {
    mode: clock.mode,
    now: iso(clock.now()),
    wallNow: iso(clock.wallNow()),
    nextAt: nextAt === null ? null : iso(nextAt),
  };
}

async function moveClock(engine: Engine, body: Readonly<Record<string, unknown>>): Promise<void> {
  if ((body.advance === undefined) === (body.set === undefined)) {
    throw badRequest('the body must have either "advance" (a duration like 14d) or "set" (an ISO 8601 time)');
  }
  if (body.set !== undefined) return engine.moveTo(readMoment(textField(body, 'set')));
  return engine.advance(readAdvance(textField(body, 'advance')));
}

function readAdvance(text: string): number {
  const durationMs = parseDuration(text);
  if (durationMs !== null) return durationMs;
  throw badRequest(`advance must be a duration like 30s or 14d, got ${shown(text)}`);
}

/** A time without a zone would mean a different moment on another machine. */
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?$/i;

function readMoment(text: string): number {
  const at = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw badRequest(
    `set must be an ISO 8601 time with a zone, like 2026-02-01T12:00:00Z, or a date, got ${shown(text)}`,
  );
}

function filterOf(request: Request): JournalFilter {
  const { type, taskId } = request.query;
  const since = wholeNumber(request, 'since');
  return {
    ...(typeof type === 'string' ? { type: journalType(type) } : {}),
    ...(typeof taskId === 'string' ? { taskId } : {}),
    ...(since === null ? {} : { since }),
  };
}

function journalType(type: string): string {
  if (Object.hasOwn(JOURNAL_TYPES, type)) return type;
  throw unknownName('journal entry type', type, Object.keys(JOURNAL_TYPES));
}

/** Rejects unknown parameters, because a misspelled filter must not be ignored. */
function acceptsQuery(...names: readonly string[]): RequestHandler {
  return ({ query }, _response, next) => {
    for (const [name, value] of Object.entries(query)) {
      if (name === 'token') continue;
      if (!names.includes(name)) throw unknownName('parameter', name, names);
      if (typeof value !== 'string' || value === '')
        throw badRequest(`${name} must be specified exactly once, with a value`);
    }
    next();
  };
}

function wholeNumber({ query }: Request, name: string): number | null {
  const value = query[name];
  if (typeof value !== 'string') return null;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw badRequest(`${name} must be a whole number of at most 15 digits, got ${shown(value)}`);
}

function objectBody(request: Request, names: readonly string[]): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest('the body must be a JSON object, sent with Content-Type: application/json');
  }
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownName('body key', unknown, names);
  return body as Readonly<Record<string, unknown>>;
}

function textField(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`${name} must be a non-empty string, got ${shown(value)}`);
}

function timesField({ times = 1 }: Readonly<Record<string, unknown>>): number {
  if (typeof times === 'number' && Number.isSafeInteger(times) && times >= 1 && times <= 1_000_000)
    return times;
  throw badRequest(`times must be a whole number from 1 to 1000000, got ${shown(times)}`);
}

/** Returns the start of an offending value, which can be a megabyte long. */
function shown(value: unknown): string {
  // Objects and lists are not serialized, because they can be nested very deeply.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'no value';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function unknownName(what: string, name: string, known: readonly string[]): CodedError {
  const close = nearest(name, known);
  const hint = close.length > 0 ? `Did you mean ${close.join(' or ')}? ` : '';
  return badRequest(`unknown ${what} ${shown(name)}`, hint);
}

function badRequest(message: string, hint = ''): CodedError {
  return new CodedError(
    'BAD_REQUEST',
    message,
    `${hint}See GET /__admin/openapi.json for a description of each call.`,
  );
}

/** The last handler of every path: only unsupported methods reach it. */
const refuseMethod: RequestHandler = (request, response) => {
  const { methods } = request.route as { readonly methods: Readonly<Record<string, boolean>> };
  const allowed = Object.keys(methods)
    .map((method) => method.toUpperCase())
    .filter((method) => METHODS.includes(method));
  response.setHeader('allow', allowed.join(', '));
  sendProblem(response, {
    status: 405,
    title: ERRORS.METHOD_UNKNOWN.title,
    detail: `${request.method} is not supported here. Supported methods: ${allowed.join(', ')}.`,
    code: 'METHOD_UNKNOWN',
    remedy: 'See GET /__admin/openapi.json for the list of calls.',
  });
};

/** Answers with problem details in place of a stack trace. */
const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  sendProblem(response, problemFrom(error));
};

function problemFrom(error: unknown): Problem {
  if (error instanceof CodedError) return problemOf(error);
  const { status = 500 } = (error ?? {}) as { readonly status?: number };
  const message =
    error instanceof Error ? error.message.slice(0, 300) : 'a value that is not an Error was thrown';
  if (status >= 500) return failureOf(error);
  // Errors of Express and its body parser.
  return { ...problemOf(badRequest(message)), status };
}

const NO_JUDGE: Problem = {
  status: 501,
  title: ERRORS.NO_JUDGE.title,
  detail: 'The mock was created without a judge.',
  code: 'NO_JUDGE',
  remedy: 'Run "stuntdouble start", or pass `judge` to createMockServer().',
};

function iso(at: number): string {
  return new Date(at).toISOString();
}
