import type { OpenAPIV3_1 } from 'openapi-types';
import { type Bench, bodyExpression, compileBodies, languageFor } from './compile-bench.ts';
import { Defect, step, under } from './defect.ts';
import { type DocumentOperation, findCallback, listOperations } from './document.ts';
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
import { CALL_LANGUAGE, PAGE_LANGUAGE, REQUEST_LANGUAGE } from './task-language.ts';

export function compileOperations(bench: Bench, events: ReadonlyMap<string, PackEvent>): Operation[] {
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
