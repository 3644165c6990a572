import { join } from 'node:path';
import type { OpenAPIV3_1 } from 'openapi-types';
import { parseDuration } from '../core/duration.ts';
import { announceEach } from '../core/promise-callbacks.ts';
import type { DeliveryPolicy, Json, JsonObject, KindRules, StepRule } from '../core/types.ts';
import { Defect, step, under } from './defect.ts';
import { type DocumentOperation, findCallback, listOperations } from './document.ts';
import { compileErrorAnswers } from './error-answers.ts';
import { bodyPointer, compileExpression, type Evaluate, type Language } from './expressions.ts';
import type {
  AnswerSource,
  CancelSource,
  ClientsSource,
  DeleteSource,
  DeliverySource,
  EventSource,
  KindSource,
  Lifecycle,
  ListSource,
  ParentRuleSource,
  ParentSource,
  PollSource,
  RateSource,
  RulesOfDelivery,
  SubmitSource,
} from './lifecycle.ts';
import type {
  AnswerOperation,
  CancelOperation,
  ClientRules,
  DeleteOperation,
  Failure,
  ListOperation,
  MediaKind,
  NotMocked,
  Operation,
  Pack,
  PackEvent,
  ParentRule,
  ParentRules,
  PollOperation,
  RateLimit,
  SubmitOperation,
  TaskContext,
} from './pack.ts';
import { compileSigner } from './signer.ts';
import { CALL_LANGUAGE, PAGE_LANGUAGE, REQUEST_LANGUAGE, taskLanguage } from './task-language.ts';
import { compileTemplate, compileTemplateLater, type Template } from './template.ts';

/** What a body may have where no page says. */
const BODY_LIMIT = 1024 * 1024;

/** A vendor without delivery rules has no callbacks; these are never used then. */
const NO_DELIVERY: DeliverySource = { ackTimeout: '15s', ackStatus: '200', retries: 0, gaps: ['0s'] };

interface Bench {
  readonly lifecycle: Lifecycle;
  readonly document: OpenAPIV3_1.Document;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly kinds: ReadonlyMap<string, KindRules>;
  readonly template: typeof compileTemplate;
}

interface PackPlace {
  readonly dir: string;
  readonly profile: string;
  readonly profiles: readonly string[];
  /** Nothing in it can be wrong, so its bodies are compiled when they are first needed. */
  readonly isChecked?: boolean;
}

/** @throws {Defect} for whatever can never work, so that it is found at load and not at the first request */
export function compilePack(
  lifecycle: Lifecycle,
  document: OpenAPIV3_1.Document,
  { isChecked = false, ...at }: PackPlace,
): Pack {
  const failures = mapOf(
    lifecycle.failures ?? {},
    (slug, failure): Failure => ({
      slug,
      ...failure,
      class: failure.class ?? null,
    }),
  );
  const media = mapOf(
    lifecycle.task.media ?? {},
    (name, { file, id, kinds }): MediaKind => ({
      name,
      file,
      idForm: id,
      kinds: kinds === undefined ? null : new Set(kinds),
    }),
  );
  const kinds = mapOf(lifecycle.kinds, (name, kind) =>
    under(`/kinds${step(name)}`, () => compileKind(name, kind, lifecycle)),
  );
  const template = isChecked ? compileTemplateLater : compileTemplate;
  const bench: Bench = { lifecycle, document, failures, media, kinds, template };
  const events = mapOf(lifecycle.events ?? {}, (name) =>
    under(`/events${step(name)}`, () => compileEvent(name, bench)),
  );
  const delivery = lifecycle.delivery ?? NO_DELIVERY;
  const signature = delivery.signature;
  return {
    name: lifecycle.pack,
    title: lifecycle.title,
    ...at,
    documentPath: join(at.dir, lifecycle.document),
    document,
    kinds,
    operations: compileOperations(bench, events),
    events,
    failures,
    errors: under('/errors', () => compileErrorAnswers(lifecycle.errors)),
    media,
    delivery: compileDelivery(delivery),
    signer: signature === undefined ? null : under('/delivery/signature', () => compileSigner(signature)),
    pages: lifecycle.pages,
    facts: lifecycle.facts,
    rate: under('/limits/rate', () => compileRate(lifecycle.limits?.rate)),
    clients: compileClients(lifecycle.clients),
    auth: { schemes: lifecycle.auth?.schemes ?? ['Bearer'] },
    notMocked: compileNotMocked(lifecycle.notMocked ?? [], document),
    bodyLimit: lifecycle.bodyLimit ?? BODY_LIMIT,
  };
}

function compileNotMocked(lines: readonly string[], document: OpenAPIV3_1.Document): NotMocked[] {
  if (lines.length === 0) return [];
  const documented = new Set(listOperations(document).map(({ method, path }) => routeKey(method, path)));
  return lines.map((line, index) => {
    const [method = '', path = ''] = line.split(' ');
    if (documented.has(routeKey(method, path))) {
      throw new Defect(
        `"${line}" is an operation of the document: take it off this list`,
        `/notMocked/${index}`,
      );
    }
    return { method, path };
  });
}

/** The names of parameters make no difference between two paths. */
function routeKey(method: string, path: string): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
}

function compileKind(
  name: string,
  source: KindSource,
  { pack, task, timing, limits, failures = {} }: Lifecycle,
): KindRules {
  return {
    pack,
    kind: name,
    idForm: task.id,
    steps: source.steps.map((stepSource, index) =>
      under(`/steps/${index}/lasts`, () => compileStep(stepSource)),
    ),
    ends: {
      success: source.ends.success,
      failure: source.ends.failure,
      failures: failureStates(failures),
      abandoned: source.ends.abandoned ?? null,
      canceled: source.ends.canceled ?? null,
    },
    oddities: { unknown: source.oddities?.unknown ?? null, unready: source.oddities?.unready ?? null },
    visibleAfterMs: durationMs(task.visibleAfter ?? '0s'),
    mediaLifetimeMs: durationMs(task.mediaLifetime),
    notVisibleForMs: durationMs(timing?.notVisibleFor ?? '5s'),
    lateByMs: durationMs(timing?.lateBy ?? '10m'),
    concurrencyFailure: limits?.concurrencyFailure ?? null,
    waitsWithoutEnd: limits?.waitsWithoutEnd ?? false,
  };
}

function failureStates(failures: NonNullable<Lifecycle['failures']>): Record<string, string> {
  const own = Object.entries(failures).flatMap(([slug, { state }]) =>
    state === undefined ? [] : [[slug, state]],
  );
  return Object.fromEntries(own) as Record<string, string>;
}

function compileStep(source: KindSource['steps'][number]): StepRule {
  const [shortest = '', longest = shortest] = source.lasts.split('..');
  const minMs = durationMs(shortest);
  const maxMs = durationMs(longest);
  if (maxMs < minMs) throw new Defect(`"${source.lasts}" runs backwards: expected shortest..longest`);
  return {
    state: source.state,
    minMs,
    maxMs,
    waitsForSlot: source.waitsForSlot ?? false,
    holdsSlot: source.holdsSlot ?? false,
  };
}

function compileEvent(name: string, bench: Bench): PackEvent {
  const source = bench.lifecycle.events?.[name];
  if (source === undefined) throw new Defect(`there is no event "${name}"`);
  const bodies = under('/bodies', () => compileBodies(source.bodies, source.messages, bench));
  return {
    name,
    callback: source.callback,
    bodies,
    signals: compileSignals(source),
    wantedBy: source.filter === undefined ? null : bodyExpression(source.filter, '/filter'),
    delivery: under('/delivery', () =>
      compileDelivery({ ...(bench.lifecycle.delivery ?? NO_DELIVERY), ...source.delivery }),
    ),
  };
}

/** Each state with a body is announced once, unless the pack says more. */
function compileSignals({ bodies, announces, sentOnce = [] }: EventSource): PackEvent['signals'] {
  if (announces === undefined) return announceEach(Object.keys(bodies));
  return mapOf(announces, (_state, signals) =>
    signals.map((name) => ({ name, retried: !sentOnce.includes(name) })),
  );
}

function compileClients(source: ClientsSource = {}): ClientRules {
  const { pollEvery, pollNeverWithin = '1s', pauseForMaintenance = '30s', downloadWithin = '60s' } = source;
  return {
    pollEveryMs: pollEvery === undefined ? null : durationMs(pollEvery),
    pollNeverWithinMs: durationMs(pollNeverWithin),
    pauseForMaintenanceMs: durationMs(pauseForMaintenance),
    downloadWithinMs: durationMs(downloadWithin),
    promptLength: source.promptLength ?? null,
  };
}

function compileRate(source: RateSource | undefined): RateLimit | null {
  if (source === undefined) return null;
  const { submissions, per, retryAfter = false } = source;
  return { submissions, perMs: durationMs(per), retryAfter };
}

function compileOperations(bench: Bench, events: ReadonlyMap<string, PackEvent>): Operation[] {
  const documented = new Map(listOperations(bench.document).map((operation) => [operation.id, operation]));
  return Object.entries(bench.lifecycle.operations).map(([id, source]) =>
    under(`/operations${step(id)}`, () => {
      const operation = documented.get(id);
      if (operation === undefined) {
        const known = [...documented.keys()].join(', ');
        throw new Defect(`the document has no operation "${id}": expected one of ${known}`);
      }
      switch (source.does) {
        case 'submit':
          return compileSubmit(operation, source, bench, events);
        case 'poll':
          return compilePoll(operation, source, bench);
        case 'cancel':
          return compileCancel(operation, source, bench);
        case 'delete':
          return compileDelete(operation, source);
        case 'answer':
          return compileAnswer(operation, source, bench);
        case 'list':
          return compileList(operation, source, bench);
      }
    }),
  );
}

function compileSubmit(
  operation: DocumentOperation,
  source: SubmitSource,
  bench: Bench,
  events: ReadonlyMap<string, PackEvent>,
): SubmitOperation {
  const kind = bench.kinds.get(source.kind);
  if (kind === undefined) throw new Defect(`there is no kind "${source.kind}"`, '/kind');
  const event = source.event === undefined ? null : (events.get(source.event) ?? null);
  return {
    type: 'submit',
    ...routeOf(operation),
    kind,
    parent: compileParentOf(source, bench.lifecycle),
    event,
    ...callbackUrl(bench.document, operation, event),
    promptOf: source.prompt === undefined ? () => undefined : bodyExpression(source.prompt, '/prompt'),
    promptPointer: source.prompt === undefined ? null : pointerIn(source.prompt),
    status: source.status ?? 200,
    answer: under('/answer', () => bench.template(source.answer, languageFor(bench))),
  };
}

function compileParentOf({ parent: own, kind }: SubmitSource, { kinds }: Lifecycle): ParentRules | null {
  if (own !== undefined) return compileParent(own);
  const parent = kinds[kind]?.parent;
  if (parent === undefined) return null;
  return under(`/kinds${step(kind)}`, () => compileParent(parent), 'lifecycle');
}

function compileParent(source: ParentSource): ParentRules {
  const [, pathParam = null] = /^\$request\.path\.(\w+)$/.exec(source.id) ?? [];
  const inBody = pathParam === null ? bodyExpression(source.id, '/parent/id') : null;
  return {
    idOf: (request, pathParams) => (pathParam === null ? inBody?.(request) : pathParams?.[pathParam]),
    pointer: pathParam === null ? pointerIn(source.id) : null,
    pathParam,
    rules: {
      whenUnknown: parentRule(source.whenUnknown),
      whenUnfinished: parentRule(source.whenUnfinished),
      whenFailed: parentRule(source.whenFailed),
      whenExpired: parentRule(source.whenExpired),
    },
  };
}

function parentRule({ refuse, fail, because }: ParentRuleSource): ParentRule {
  if (fail !== undefined) return { type: 'fail', slug: fail };
  return { type: 'refuse', role: refuse ?? 'invalid', because: because ?? null };
}

function compilePoll(operation: DocumentOperation, source: PollSource, bench: Bench): PollOperation {
  return {
    type: 'poll',
    ...routeOf(operation),
    taskIdAt: source.task,
    moving: new Set(Object.keys(source.answers).filter((state) => isMoving(source.answers[state]))),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    answers: under('/answers', () => compileBodies(source.answers, source.messages, bench)),
  };
}

function compileCancel(operation: DocumentOperation, source: CancelSource, bench: Bench): CancelOperation {
  const { answers, status = 200, whenFinished = 'leave' } = source;
  return {
    type: 'cancel',
    ...routeOf(operation),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    status,
    whenFinished,
    answers:
      answers === undefined ? null : under('/answers', () => compileBodies(answers, source.messages, bench)),
  };
}

function compileDelete(operation: DocumentOperation, { task, status = 204 }: DeleteSource): DeleteOperation {
  const taskIdOf = under('/task', () => compileExpression(task, REQUEST_LANGUAGE));
  return { type: 'delete', ...routeOf(operation), taskIdOf, status };
}

function compileAnswer(operation: DocumentOperation, source: AnswerSource, bench: Bench): AnswerOperation {
  const { status = 200, needsSecret = false } = source;
  const answer = under('/answer', () => bench.template(source.answer, CALL_LANGUAGE));
  return { type: 'answer', ...routeOf(operation), status, needsSecret, answer };
}

function compileList(operation: DocumentOperation, source: ListSource, bench: Bench): ListOperation {
  const shown = bench.lifecycle.operations[source.items];
  if (shown?.does !== 'poll') throw new Defect(`"${source.items}" is not an operation that polls`, '/items');
  const { size = 20, most = 100, limit = null, offset = null, cursor = null } = source.page ?? {};
  return {
    type: 'list',
    ...routeOf(operation),
    kinds: source.kinds === undefined ? null : new Set(source.kinds),
    items: under(
      `/operations${step(source.items)}/answers`,
      () => compileBodies(shown.answers, shown.messages, bench),
      'lifecycle',
    ),
    page: { size, most, limit, offset, cursor },
    answer: under('/answer', () => bench.template(source.answer, PAGE_LANGUAGE)),
  };
}

/** One template for each state. */
function compileBodies(
  bodies: Readonly<Record<string, Json>>,
  messages: readonly string[] | undefined,
  bench: Bench,
): Map<string, Template<TaskContext>> {
  const language = languageFor(bench, messages);
  return mapOf(bodies, (state, body) => under(step(state), () => bench.template(body, language)));
}

/** Of all that a body can say of a task, its progress alone moves within one state. */
function isMoving(body: unknown): boolean {
  return JSON.stringify(body)?.includes('$task.progress') ?? false;
}

function routeOf({ id, method, path }: DocumentOperation) {
  return { id, method, path };
}

/** The URL's expression is the key of the callback in the document, so it is not written down twice. */
function callbackUrl(
  document: OpenAPIV3_1.Document,
  operation: DocumentOperation,
  event: PackEvent | null,
): Pick<SubmitOperation, 'callbackUrlOf' | 'callbackUrlPointer'> {
  if (event === null) return { callbackUrlOf: () => undefined, callbackUrlPointer: null };
  const { urlExpression, pointer } = under(
    `/events${step(event.name)}/callback`,
    () => findCallback(document, operation, event.callback),
    'lifecycle',
  );
  const expression = urlExpression.replace(/^\{(.*)\}$/, '$1');
  const callbackUrlOf = under(pointer, () => bodyExpression(expression, ''), 'document');
  return { callbackUrlOf, callbackUrlPointer: pointerIn(expression) };
}

/** `/a/b` of `$request.body#/a/b`. */
function pointerIn(expression: string): string {
  return expression.slice(expression.indexOf('#') + 1).trim();
}

const BODY_LANGUAGE: Language<JsonObject> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: bodyPointer },
};

function bodyExpression(source: string, pointer: string): Evaluate<JsonObject> {
  return under(pointer, () => compileExpression(source, BODY_LANGUAGE));
}

function languageFor(bench: Bench, messagePages: readonly string[] = []): Language<TaskContext> {
  const { failures, media, lifecycle } = bench;
  return taskLanguage({
    failures,
    media,
    messagePages,
    zoneOffsetMs: zoneOffsetMs(lifecycle.task.timeZone ?? '+00:00'),
  });
}

function compileDelivery(source: RulesOfDelivery): DeliveryPolicy {
  return {
    ackTimeoutMs: durationMs(source.ackTimeout),
    ackStatus: source.ackStatus,
    retries: source.retries,
    gapsMs: source.gaps.map(durationMs),
  };
}

function durationMs(text: string): number {
  const parsed = parseDuration(text);
  if (parsed === null) throw new Defect(`"${text}" is no duration: expected a number and ms, s, m, h or d`);
  return parsed;
}

function zoneOffsetMs(zone: string): number {
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':');
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return zone.startsWith('-') ? -size : size;
}

function mapOf<Source, Result>(
  entries: Readonly<Record<string, Source>>,
  build: (name: string, source: Source) => Result,
): Map<string, Result> {
  return new Map(Object.entries(entries).map(([name, source]) => [name, build(name, source)]));
}
