import type { OpenAPIV3_1 } from 'openapi-types';
import type { Json } from '../core/types.ts';
import { isPublic } from './compile-auth.ts';
import {
  bodyExpression,
  type CompileContext,
  compileAnswers,
  compileBodies,
  durationMs,
  languageFor,
} from './compile-context.ts';
import { Defect, under } from './defect.ts';
import { type DocumentOperation, findCallback, listOperations } from './document.ts';
import { compileExpression, type Language } from './expressions.ts';
import { compileKinds, kindNamesOf } from './kind-by-field.ts';
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
  AllowedStates,
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
import { REQUEST_LANGUAGE } from './request-parts.ts';
import { compileStateAnswer, renderAnswer } from './state-answer.ts';
import { CALL_LANGUAGE, PAGE_LANGUAGE } from './task-language.ts';

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
  const event = source.event === undefined ? null : (events.get(source.event) ?? null);
  return {
    type: 'submit',
    ...routeOf(operation),
    ...compileKinds(source, context.kinds, { document: context.document, operation }),
    parent: compileParentOf(source, context.lifecycle),
    event,
    ...callbackUrl(context.document, operation, event),
    promptOf: source.prompt === undefined ? () => undefined : bodyExpression(source.prompt, '/prompt'),
    promptPointer: source.prompt === undefined ? null : pointerIn(source.prompt),
    ...compileSole(source, languageFor(context), context),
  };
}

function compileParentOf(source: SubmitSource, { kinds }: Lifecycle): ParentRules | null {
  if (source.parent !== undefined) return compileParent(source.parent);
  const [kind = ''] = kindNamesOf(source);
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
    moving: movingStates(source),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    answers: compileAnswers(source, 200, context),
  };
}

function compileCancel(
  operation: DocumentOperation,
  source: CancelSource,
  context: CompileContext,
): CancelOperation {
  const { status = 200, whenFinished = 'leave' } = source;
  return {
    type: 'cancel',
    ...routeOf(operation),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    status,
    whenFinished,
    answers: source.answers === undefined ? null : compileAnswers(source, status, context),
    allowed: compileAllowed(source, context),
    takesMs: under('/takes', () => durationMs(source.takes ?? '0s')),
  };
}

function compileAllowed(source: CancelSource, context: CompileContext): AllowedStates | null {
  const { allowedIn, refused = 'invalid', messages } = source;
  if (allowedIn === undefined) return null;
  const states = new Set(allowedIn);
  if (typeof refused === 'string') return { states, refusal: refused };
  const { template } = context;
  const language = languageFor(context, messages);
  const answer = under('/refused', () => compileStateAnswer(refused, 409, { language, template }));
  return { states, refusal: (about) => renderAnswer(answer, about) };
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
  const { needsSecret = false } = source;
  const answer = compileSole(source, CALL_LANGUAGE, context);
  return { type: 'answer', ...routeOf(operation), needsSecret, ...answer };
}

/** Compiles the answer of an operation that has only one. */
function compileSole<Context>(
  { status = 200, answer }: { readonly status?: number; readonly answer: Json },
  language: Language<Context>,
  { template }: Pick<CompileContext, 'template'>,
) {
  const { body, ...rest } = under('/answer', () =>
    compileStateAnswer(answer, status, { language, template }),
  );
  return { ...rest, answer: body };
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
      `/operations${step(source.items)}`,
      () => compileBodies('answers', shown, context),
      'lifecycle',
    ),
    page: { size, most, limit, offset, cursor },
    ...compileSole(source, PAGE_LANGUAGE, context),
  };
}

/** Returns the states in which an answer can change while the state stays the same. */
function movingStates({ answers, answersOf = {} }: PollSource): Set<string> {
  const all = [answers, ...Object.values(answersOf)].flatMap((bodies) => Object.entries(bodies));
  return new Set(all.filter(([, body]) => isMoving(body)).map(([state]) => state));
}

/** Whether a body can change within a state, by its progress or the id of the answer. */
function isMoving(body: unknown): boolean {
  return /\$task\.progress|\$request\.id\b/.test(JSON.stringify(body) ?? '');
}

function routeOf({ id, method, path, operation }: DocumentOperation) {
  return { id, method, path, isPublic: isPublic(operation) };
}

/** Reads the expression of the callback URL from the document, where it is the key of the callback. */
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

/** Returns the pointer in an expression: `/a/b` for `$request.body#/a/b`. */
function pointerIn(expression: string): string {
  return expression.slice(expression.indexOf('#') + 1).trim();
}
