import { compileCallbacks } from './compile-callbacks.ts';
import { bodyExpression, type CompileContext, compileBodies, languageFor } from './compile-context.ts';
import { compileWebhookOperation } from './compile-webhooks.ts';
import { Defect, under } from './defect.ts';
import { type DocumentOperation, listOperations } from './document.ts';
import { eventNamesOf } from './event-names.ts';
import { compileExpression } from './expressions.ts';
import type {
  AnswerSource,
  CancelSource,
  DeleteSource,
  Lifecycle,
  ListSource,
  ParentRuleSource,
  ParentSource,
  PollSource,
  SubmitSource,
} from './lifecycle.ts';
import type {
  AnswerOperation,
  CancelOperation,
  DeleteOperation,
  ListOperation,
  Operation,
  PackEvent,
  ParentRule,
  ParentRules,
  PollOperation,
  SubmitOperation,
} from './pack.ts';
import { step } from './pointer.ts';
import { CALL_LANGUAGE, PAGE_LANGUAGE, REQUEST_LANGUAGE } from './task-language.ts';

/** Compiles the operations of a pack. @throws {Defect} when an operation does not exist in the document */
export function compileOperations(
  context: CompileContext,
  events: ReadonlyMap<string, PackEvent>,
): Operation[] {
  const documented = new Map(listOperations(context.document).map((operation) => [operation.id, operation]));
  return Object.entries(context.lifecycle.operations).map(([id, source]) =>
    under(`/operations${step(id)}`, () => {
      const operation = documented.get(id);
      if (operation === undefined) {
        const known = [...documented.keys()].join(', ');
        throw new Defect(`the document has no operation "${id}"; expected one of ${known}`);
      }
      switch (source.does) {
        case 'submit':
          return compileSubmit(operation, source, context, events);
        case 'poll':
          return compilePoll(operation, source, context);
        case 'cancel':
          return compileCancel(operation, source, context);
        case 'delete':
          return compileDelete(operation, source);
        case 'answer':
          return compileAnswer(operation, source, context);
        case 'list':
          return compileList(operation, source, context);
        default:
          return compileWebhookOperation(operation, source, context);
      }
    }),
  );
}

function compileSubmit(
  operation: DocumentOperation,
  source: SubmitSource,
  context: CompileContext,
  events: ReadonlyMap<string, PackEvent>,
): SubmitOperation {
  const kind = context.kinds.get(source.kind);
  if (kind === undefined) throw new Defect(`kind "${source.kind}" does not exist`, '/kind');
  const own = eventNamesOf(source).flatMap((name) => events.get(name) ?? []);
  const [event = null] = own;
  return {
    type: 'submit',
    ...routeOf(operation),
    kind,
    parent: compileParentOf(source, context.lifecycle),
    events: own,
    event,
    ...compileCallbacks(context.document, operation, own),
    promptOf: source.prompt === undefined ? () => undefined : bodyExpression(source.prompt, '/prompt'),
    promptPointer: source.prompt === undefined ? null : pointerIn(source.prompt),
    status: source.status ?? 200,
    answer: under('/answer', () => context.template(source.answer, languageFor(context))),
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

function compilePoll(
  operation: DocumentOperation,
  source: PollSource,
  context: CompileContext,
): PollOperation {
  return {
    type: 'poll',
    ...routeOf(operation),
    taskIdAt: source.task,
    moving: new Set(Object.keys(source.answers).filter((state) => isMoving(source.answers[state]))),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    answers: under('/answers', () => compileBodies(source.answers, source.messages, context)),
  };
}

function compileCancel(
  operation: DocumentOperation,
  source: CancelSource,
  context: CompileContext,
): CancelOperation {
  const { answers, status = 200, whenFinished = 'leave' } = source;
  return {
    type: 'cancel',
    ...routeOf(operation),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    status,
    whenFinished,
    answers:
      answers === undefined
        ? null
        : under('/answers', () => compileBodies(answers, source.messages, context)),
  };
}

function compileDelete(operation: DocumentOperation, { task, status = 204 }: DeleteSource): DeleteOperation {
  const taskIdOf = under('/task', () => compileExpression(task, REQUEST_LANGUAGE));
  return { type: 'delete', ...routeOf(operation), taskIdOf, status };
}

function compileAnswer(
  operation: DocumentOperation,
  source: AnswerSource,
  context: CompileContext,
): AnswerOperation {
  const { status = 200, needsSecret = false } = source;
  const answer = under('/answer', () => context.template(source.answer, CALL_LANGUAGE));
  return { type: 'answer', ...routeOf(operation), status, needsSecret, answer };
}

function compileList(
  operation: DocumentOperation,
  source: ListSource,
  context: CompileContext,
): ListOperation {
  const shown = context.lifecycle.operations[source.items];
  if (shown?.does !== 'poll') throw new Defect(`"${source.items}" is not an operation that polls`, '/items');
  const { size = 20, most = 100, limit = null, offset = null, cursor = null } = source.page ?? {};
  return {
    type: 'list',
    ...routeOf(operation),
    kinds: source.kinds === undefined ? null : new Set(source.kinds),
    items: under(
      `/operations${step(source.items)}/answers`,
      () => compileBodies(shown.answers, shown.messages, context),
      'lifecycle',
    ),
    page: { size, most, limit, offset, cursor },
    answer: under('/answer', () => context.template(source.answer, PAGE_LANGUAGE)),
  };
}

/** Whether a body can change within a state, which only its progress does. */
function isMoving(body: unknown): boolean {
  return JSON.stringify(body)?.includes('$task.progress') ?? false;
}

function routeOf({ id, method, path }: DocumentOperation) {
  return { id, method, path };
}

/** Returns the pointer in an expression: `/a/b` for `$request.body#/a/b`. */
function pointerIn(expression: string): string {
  return expression.slice(expression.indexOf('#') + 1).trim();
}
