import { createRequire } from 'node:module';
import { join } from 'node:path';
import type {
  Attributes,
  Context,
  Span,
  SpanContext,
  SpanStatusCode,
  TracerProvider,
} from '@opentelemetry/api';
import type { Attempt, Plan, TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';

type Api = typeof import('@opentelemetry/api');
type ReadHeader = (name: string) => string | undefined;

/** The attempt that a span is about. */
interface TracedAttempt {
  readonly taskId: TaskId;
  readonly deliveryId: string;
  readonly event: string;
  readonly n: number;
  readonly url: string;
}

/** Exports a trace for each task to the SDK of OpenTelemetry that the process has registered. */
export interface Tracing {
  /** Begins the span of a task. @param header reads the headers of its submission, which may continue a trace */
  begin(plan: Plan, header: ReadHeader): void;
  /** Begins the span of an attempt. @returns the headers that pass the trace on to the receiver */
  attempt(attempt: TracedAttempt): Readonly<Record<string, string>>;
}

/** A task whose span has not ended. */
interface OpenTask {
  readonly span: Span;
  readonly context: Context;
  /** Deliveries that are not settled. */
  open: number;
  /** The newest attempt of each delivery. */
  readonly attempts: Map<string, { readonly span: Span; readonly made: SpanContext }>;
}

/** Spans of tasks that are open at the same time. Beyond that, the oldest end. */
const MOST = 10_000;

/** The place where every copy of the API of version 1 finds what is registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/** Returns null unless an SDK is registered. Without one, this costs nothing, and the API is not loaded. */
export function createTracing(journal: Pick<Journal, 'subscribe'>, version: string): Tracing | null {
  const registered = Reflect.get(globalThis, REGISTERED) as { readonly trace?: TracerProvider } | undefined;
  if (registered?.trace === undefined) return null;
  const api = loadApi();
  return api === null ? null : traceWith(api, journal, version);
}

/** The SDK has the API as a peer, so it is found from here or from the project. */
function loadApi(): Api | null {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from)('@opentelemetry/api') as Api;
    } catch {
      // It may be found from the other place.
    }
  }
  return null;
}

function traceWith(api: Api, journal: Pick<Journal, 'subscribe'>, version: string): Tracing {
  const { trace, propagation, context, SpanKind, SpanStatusCode } = api;
  const tracer = trace.getTracer('stuntdouble', version);
  const tasks = new Map<TaskId, OpenTask>();

  journal.subscribe((entry) => {
    if (entry.type === 'attempt.ended') {
      const span = tasks.get(entry.taskId)?.attempts.get(entry.deliveryId)?.span;
      if (span !== undefined) endAttempt(span, entry.attempt, SpanStatusCode.ERROR);
    }
    if (entry.type === 'delivery.settled') settle(entry.taskId);
    else if (entry.type === 'task.forgotten') endTask(entry.taskId);
    else if (entry.type === 'server.reset') for (const taskId of [...tasks.keys()]) endTask(taskId);
  });

  function settle(taskId: TaskId): void {
    const task = tasks.get(taskId);
    if (task === undefined) return;
    task.open -= 1;
    if (task.open <= 0) endTask(taskId);
  }

  function endTask(taskId: TaskId): void {
    tasks.get(taskId)?.span.end();
    tasks.delete(taskId);
  }

  return {
    begin(plan, header) {
      const { taskId, pack, kind, callbacks } = plan;
      const parent = propagation.extract(context.active(), header, GETTER);
      const attributes = aboutTask(plan);
      const span = tracer.startSpan(`task ${pack}.${kind}`, { kind: SpanKind.SERVER, attributes }, parent);
      // Nothing is sent for a task without a callback URL.
      if (callbacks.length === 0) return span.end();
      tasks.set(taskId, {
        span,
        context: trace.setSpan(parent, span),
        open: callbacks.length,
        attempts: new Map(),
      });
      const [oldest] = tasks.keys();
      if (tasks.size > MOST && oldest !== undefined) endTask(oldest);
    },
    attempt(attempt) {
      const { taskId, deliveryId, event } = attempt;
      const task = tasks.get(taskId);
      const before = task?.attempts.get(deliveryId);
      const attributes = aboutAttempt(attempt);
      const links = before === undefined ? [] : [{ context: before.made }];
      const options = { kind: SpanKind.CLIENT, attributes, links };
      const span = tracer.startSpan(`callback ${event}`, options, task?.context ?? context.active());
      task?.attempts.set(deliveryId, { span, made: span.spanContext() });
      const headers: Record<string, string> = {};
      propagation.inject(trace.setSpan(task?.context ?? context.active(), span), headers);
      // The task has ended here, or began before a restart, so nothing else would end the span.
      if (task === undefined) span.end();
      return headers;
    },
  };
}

/** Reads the headers of a submission, whose names are not listed. */
const GETTER = { get: (read: ReadHeader, name: string) => read(name), keys: () => [] };

function aboutTask({ taskId, kind, pack, scenario, callbacks }: Plan): Attributes {
  return {
    'stuntdouble.task.id': taskId,
    'stuntdouble.task.kind': kind,
    'stuntdouble.pack': pack,
    'stuntdouble.scenario': scenario.name,
    'stuntdouble.deliveries': callbacks.length,
  };
}

function aboutAttempt({ taskId, deliveryId, n, url }: TracedAttempt): Attributes {
  return {
    'stuntdouble.task.id': taskId,
    'stuntdouble.delivery.id': deliveryId,
    'stuntdouble.attempt': n,
    'http.request.method': 'POST',
    'url.full': url,
  };
}

function endAttempt(span: Span, { outcome, status, detail }: Attempt, error: SpanStatusCode): void {
  span.setAttribute('stuntdouble.outcome', outcome);
  if (status !== null) span.setAttribute('http.response.status_code', status);
  if (outcome !== 'acknowledged') span.setStatus({ code: error, message: detail ?? outcome });
  span.end();
}
