import { compileCallbacks } from './compile-callbacks.ts';
import {
  bodyExpression,
  type CompileContext,
  compileAnswers,
  durationMs,
  languageFor,
} from './compile-context.ts';
import { checkIdPath } from './compile-ids.ts';
import { compileList } from './compile-list.ts';
import { compileSole, routeOf } from './compile-sole.ts';
import { compileUploadOperation } from './compile-uploads.ts';
import { compileWebhookOperation } from './compile-webhooks.ts';
import { Defect, under } from './defect.ts';
import { type DocumentOperation, listOperations } from './document.ts';
import { compileOwnError } from './error-answers.ts';
import { eventNamesOf } from './event-names.ts';
import { compileExpression } from './expressions.ts';
import { compileKinds, kindNamesOf } from './kind-by-field.ts';
import type {
  AnswerSource,
  CancelSource,
  DeleteSource,
  DeriveSource,
  Lifecycle,
  ParentRuleSource,
  ParentSource,
  PollSource,
  SubmitSource,
} from './lifecycle.ts';
import { NOWHERE } from './outside-body.ts';
import type {
  AllowedStates,
  AnswerOperation,
  CallContext,
  CancelOperation,
  DeleteOperation,
  MediaKind,
  Operation,
  PackEvent,
  ParentRule,
  ParentRules,
  PollOperation,
  SubmitOperation,
} from './pack.ts';
import { step } from './pointer.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';
import { compileSigner } from './signing/signer.ts';
import { compileStateAnswer, renderAnswer } from './state-answer.ts';
import { CALL_LANGUAGE } from './task-language.ts';

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
          return { ...compileSubmit(operation, source, context, events), derives: null };
        case 'derive':
          return compileDerive(operation, source, context, events);
        case 'poll':
          return compilePoll(operation, source, context);
        case 'cancel':
          return compileCancel(operation, source, context);
        case 'delete':
          return compileDelete(operation, source);
        case 'answer':
          return compileAnswer(operation, source, context);
        case 'jwks':
          return compileJwks(operation, context);
        case 'list':
          return compileList(operation, source, context);
        case 'upload':
          return compileUploadOperation(operation, source, context);
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
): Omit<SubmitOperation, 'derives'> {
  const own = eventNamesOf(source).flatMap((name) => events.get(name) ?? []);
  const [event = null] = own;
  for (const rules of context.kinds.values()) checkIdPath(rules, operation.path, operation.id);
  return {
    type: 'submit',
    ...routeOf(operation),
    ...compileKinds(source, context.kinds, { document: context.document, operation }),
    parent: compileParentOf(source, context.lifecycle),
    events: own,
    event,
    ...compileCallbacks(context.document, operation, own),
    promptOf: source.prompt === undefined ? () => undefined : bodyExpression(source.prompt, '/prompt'),
    promptPointer: source.prompt === undefined ? null : pointerIn(source.prompt),
    ...compileSole(source, languageFor(context), context),
  };
}

function compileDerive(
  operation: DocumentOperation,
  source: DeriveSource,
  context: CompileContext,
  events: ReadonlyMap<string, PackEvent>,
): SubmitOperation {
  const { answers: _answers, ...first } = source;
  const submit = compileSubmit(operation, { ...first, does: 'submit' }, context, events);
  const idOf = submit.parent?.idOf;
  const apart = (source.apart ?? []).map((field, index) =>
    under(`/apart/${index}`, () => compileExpression(field, REQUEST_LANGUAGE)),
  );
  return {
    ...submit,
    derives: {
      keyOf: (body, pathParams, outside) => {
        const parts = { ...(outside ?? NOWHERE), body, pathParams: pathParams ?? {} };
        return JSON.stringify([
          idOf?.(body, pathParams, outside),
          ...apart.map((read) => read(parts) ?? null),
        ]);
      },
      answers: compileAnswers(source, source.status ?? 200, context),
    },
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
  const [, place, name = null] = /^\$request\.(path|query)\.(\w+)$/.exec(source.id) ?? [];
  const inBody = name === null ? bodyExpression(source.id, '/parent/id') : null;
  const pathParam = place === 'path' ? name : null;
  const queryParam = place === 'query' ? name : null;
  return {
    idOf(request, pathParams, outside) {
      if (inBody !== null) return inBody(request);
      return pathParam === null ? outside?.query(queryParam ?? '') : pathParams?.[pathParam];
    },
    pointer: name === null ? pointerIn(source.id) : null,
    pathParam,
    queryParam,
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
    findBy: compileFindBy(source, context),
    kinds: source.kinds === undefined ? null : new Set(source.kinds),
    unknownTask: compileUnknownTask(source, context),
    moving: movingStates(source),
    taskIdOf: under('/task', () => compileExpression(source.task, REQUEST_LANGUAGE)),
    answers: compileAnswers(source, 200, context),
  };
}

function compileFindBy({ findBy }: PollSource, { media }: CompileContext): MediaKind | null {
  if (findBy === undefined) return null;
  const [, name = ''] = /^media\.(.+)\.id$/.exec(findBy) ?? [];
  const kind = media.get(name);
  if (kind !== undefined) return kind;
  const known = [...media.keys()].map((one) => `media.${one}.id`).join(', ');
  throw new Defect(`expected one of ${known}, got "${findBy}"`, '/findBy');
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
    unknownTask: compileUnknownTask(source, context),
    status,
    whenFinished,
    answers: source.answers === undefined ? null : compileAnswers(source, status, context),
    allowed: compileAllowed(source, context),
    takesMs: under('/takes', () => durationMs(source.takes ?? '0s')),
  };
}

function compileUnknownTask({ unknownTask }: PollSource | CancelSource, { lifecycle }: CompileContext) {
  return under('/unknownTask', () => compileOwnError('unknownTask', unknownTask, lifecycle.errors));
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

function compileJwks(operation: DocumentOperation, { lifecycle }: CompileContext): AnswerOperation {
  const signature = lifecycle.delivery?.signature;
  const signer =
    signature === undefined
      ? null
      : under('/delivery/signature', () => compileSigner(signature), 'lifecycle');
  if (signer === null || !signer.hasPublicKeys) {
    throw new Defect(
      'only ed25519 and rs256-jwt have public keys, and callbacks are not signed with either',
      '/does',
    );
  }
  const answer = ({ secret }: CallContext): string =>
    JSON.stringify({ keys: secret === null ? [] : signer.publicKeys(secret) });
  return { type: 'answer', ...routeOf(operation), status: 200, headersOf: null, needsSecret: false, answer };
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

/** Returns the pointer in an expression: `/a/b` for `$request.body#/a/b`. */
function pointerIn(expression: string): string {
  return expression.slice(expression.indexOf('#') + 1).trim();
}
