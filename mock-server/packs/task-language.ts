import { parseWithNumerals } from '../core/numerals.ts';
import { createRandom } from '../core/random.ts';
import type { IdForm, PathParams, Plan } from '../core/types.ts';
import { idInMessages } from './compile-ids.ts';
import { bodyPointer, type Evaluate, fieldsOf, type Language } from './expressions.ts';
import { mediaField } from './media-values.ts';
import type { CallContext, Failure, MediaKind, PageContext, TaskContext, TaskPage } from './pack.ts';
import { own, partOfRequest } from './request-parts.ts';

interface TaskLanguageInput {
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly failures: ReadonlyMap<string, Failure>;
  /** Pages whose failure texts are used; the first that has a text applies. */
  readonly messagePages: readonly string[];
  readonly zoneOffsetMs: number;
  readonly idForm: IdForm;
}

/** Creates the language of answers and callbacks about a task. */
export function taskLanguage(input: TaskLanguageInput): Language<TaskContext> {
  const messages = new Map(
    [...input.failures.values()].map((failure) => [failure.slug, messageOn(failure, input.messagePages)]),
  );
  return {
    settings: { zoneOffsetMs: input.zoneOffsetMs },
    roots: {
      request: onTheRequest,
      task: taskField(input.idForm),
      media: (path) => mediaField(path, input.media),
      failure: (path) => failureField(path, input.failures, messages),
    },
  };
}

/** Returns the text of a failure on the first of these pages that has one, or else on any page. */
export function messageOn(failure: Failure, pages: readonly string[]): string {
  const page = pages.find((name) => Object.hasOwn(failure.messages, name));
  return (page === undefined ? Object.values(failure.messages)[0] : failure.messages[page]) ?? '';
}

const CALL_ROOTS: Language<CallContext>['roots'] = {
  request(path) {
    const read = partOfRequest(path);
    return read === null ? null : ({ request }) => read(request);
  },
  server: fieldsOf({
    origin: ({ origin }: CallContext) => origin,
    secret: ({ secret }: CallContext) => secret ?? undefined,
  }),
};

/** Language of answers that are not about a task. */
export const CALL_LANGUAGE: Language<CallContext> = { settings: { zoneOffsetMs: 0 }, roots: CALL_ROOTS };

const PAGE_FIELDS: Readonly<Record<string, (page: TaskPage) => unknown>> = {
  items: ({ items }) => items,
  count: ({ count }) => count,
  limit: ({ limit }) => limit,
  offset: ({ offset }) => offset,
  hasMore: ({ hasMore }) => hasMore,
  nextUrl: ({ nextUrl }) => nextUrl ?? undefined,
  previousUrl: ({ previousUrl }) => previousUrl ?? undefined,
};

/** Language of lists of tasks. */
export const PAGE_LANGUAGE: Language<PageContext> = {
  settings: { zoneOffsetMs: 0 },
  roots: {
    ...CALL_ROOTS,
    page(path) {
      const read = fieldsOf(PAGE_FIELDS)(path);
      return read === null ? null : ({ page }) => read(page);
    },
  },
};

function onTheRequest(path: string): Evaluate<TaskContext> | null {
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ plan }) => inBody(echoOf(plan));
  if (path === 'id') return (context) => context.call?.id ?? derivedCallId(context);
  const [, name] = /^path\.(.+)$/.exec(path) ?? [];
  return name === undefined ? null : ({ plan }) => own(plan.pathParams ?? NO_PARAMS, name);
}

/** Returns the id of a callback, or of an answer that no call asked for, such as an item of a list. */
function derivedCallId({ plan, view }: TaskContext): string {
  return createRandom(`${plan.taskId} ${view.state} call`).id('uuid');
}

/** Cache of requests whose numbers must keep their original form. Memoizes a pure function. */
const echoes = new WeakMap<object, unknown>();

/** Returns the request for an echo, with its numbers in their original form. */
function echoOf({ request, requestText }: Plan): unknown {
  if (typeof requestText !== 'string') return request;
  const known = echoes.get(request);
  if (known !== undefined) return known;
  const echo = parseWithNumerals(requestText);
  echoes.set(request, echo);
  return echo;
}

const NO_PARAMS: PathParams = Object.freeze({});

/** Compiles `$task.NAME`. */
function taskField(form: IdForm): (path: string) => Evaluate<TaskContext> | null {
  const isText = typeof form === 'string' || !form.isInteger;
  const written = (id: string): string | number => (isText ? id : idInMessages(id, form));
  return fieldsOf<TaskContext>({
    ...TASK_FIELDS,
    id: ({ plan }) => written(plan.taskId),
    parentId: ({ plan }) => (plan.parentId === null ? undefined : written(plan.parentId)),
  });
}

const TASK_FIELDS: Readonly<Record<string, Evaluate<TaskContext>>> = {
  kind: ({ plan }) => plan.kind,
  origin: ({ plan }) => plan.origin,
  submittedAt: ({ plan }) => plan.submittedAt,
  state: ({ view }) => view.state,
  startedAt: ({ view }) => view.startedAt ?? undefined,
  finishedAt: ({ view }) => view.finishedAt ?? undefined,
  progress: ({ view }) => view.progress,
  duration: ({ plan, view }) => (view.finishedAt === null ? undefined : view.finishedAt - plan.submittedAt),
  expired: ({ view }) => view.expired,
};

function failureField(
  path: string,
  failures: ReadonlyMap<string, Failure>,
  messages: ReadonlyMap<string, string>,
): Evaluate<TaskContext> | null {
  const slugOf = ({ plan }: TaskContext): string =>
    plan.outcome.type === 'failure' ? plan.outcome.slug : '';
  if (path === 'slug') return slugOf;
  if (path === 'code') return (context) => failures.get(slugOf(context))?.code;
  if (path === 'message') return (context) => messages.get(slugOf(context));
  return null;
}
