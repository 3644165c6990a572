import { parseWithNumerals } from '../core/numerals.ts';
import { createRandom } from '../core/random.ts';
import type { PathParams, Plan } from '../core/types.ts';
import { bodyPointer, type Evaluate, fieldsOf, type Language } from './expressions.ts';
import type {
  CallContext,
  Failure,
  MediaKind,
  PageContext,
  RequestParts,
  TaskContext,
  TaskPage,
} from './pack.ts';

interface TaskLanguageInput {
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly failures: ReadonlyMap<string, Failure>;
  /** Whose failure texts are used: the first page that has one. */
  readonly messagePages: readonly string[];
  readonly zoneOffsetMs: number;
}

/** What the bodies of answers and callbacks can say about a task. */
export function taskLanguage(input: TaskLanguageInput): Language<TaskContext> {
  const messages = new Map(
    [...input.failures.values()].map((failure) => [failure.slug, messageOn(failure, input.messagePages)]),
  );
  return {
    settings: { zoneOffsetMs: input.zoneOffsetMs },
    roots: {
      request: onTheRequest,
      task: fieldsOf(TASK_FIELDS),
      media: (path) => mediaField(path, input.media),
      failure: (path) => failureField(path, input.failures, messages),
    },
  };
}

/** The text of a failure on the first of these pages that has one; else on whichever page has. */
export function messageOn(failure: Failure, pages: readonly string[]): string {
  const page = pages.find((name) => Object.hasOwn(failure.messages, name));
  return (page === undefined ? Object.values(failure.messages)[0] : failure.messages[page]) ?? '';
}

/** What an operation can say about its own request: where the task id is, say. */
export const REQUEST_LANGUAGE: Language<RequestParts> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: partOfRequest },
};

function partOfRequest(path: string): Evaluate<RequestParts> | null {
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ body }) => inBody(body);
  const [, place, name = ''] = /^(query|path)\.(.+)$/.exec(path) ?? [];
  if (place === 'query') return (request) => request.query(name);
  if (place === 'path') return ({ pathParams }) => own(pathParams, name);
  return null;
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

/** What an answer that is about no task can say. */
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

/** What a list of tasks can say. */
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

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function onTheRequest(path: string): Evaluate<TaskContext> | null {
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ plan }) => inBody(echoOf(plan));
  const [, name] = /^path\.(.+)$/.exec(path) ?? [];
  return name === undefined ? null : ({ plan }) => own(plan.pathParams ?? NO_PARAMS, name);
}

/** Requests with their numbers as they were written, for those few that have such numbers. A memo of a pure function. */
const echoes = new WeakMap<object, unknown>();

/** The request as it is echoed. */
function echoOf({ request, requestText }: Plan): unknown {
  if (typeof requestText !== 'string') return request;
  const known = echoes.get(request);
  if (known !== undefined) return known;
  const echo = parseWithNumerals(requestText);
  echoes.set(request, echo);
  return echo;
}

const NO_PARAMS: PathParams = Object.freeze({});

const TASK_FIELDS: Readonly<Record<string, Evaluate<TaskContext>>> = {
  id: ({ plan }) => plan.taskId,
  parentId: ({ plan }) => plan.parentId ?? undefined,
  kind: ({ plan }) => plan.kind,
  origin: ({ plan }) => plan.origin,
  submittedAt: ({ plan }) => plan.submittedAt,
  state: ({ view }) => view.state,
  startedAt: ({ view }) => view.startedAt ?? undefined,
  finishedAt: ({ view }) => view.finishedAt ?? undefined,
  progress: ({ view }) => view.progress,
  expired: ({ view }) => view.expired,
};

function mediaField(path: string, media: ReadonlyMap<string, MediaKind>): Evaluate<TaskContext> | null {
  const [name = '', field, ...parts] = path.split('.');
  if (parts.length > 0) return null;
  const kind = media.get(name);
  if (kind === undefined) return null;
  if (field === 'id') return ({ plan }) => (isYielded(kind, plan) ? mediaId(plan, kind) : undefined);
  if (field === 'url') return ({ plan }) => (isYielded(kind, plan) ? mediaUrl(plan, kind) : undefined);
  return null;
}

/** Whether tasks of this plan's kind yield the medium. */
export function isYielded({ kinds }: Pick<MediaKind, 'kinds'>, { kind }: Pick<Plan, 'kind'>): boolean {
  return kinds === null || kinds.has(kind);
}

/** How many derived ids are remembered: those of the tasks that are polled again and again. */
const IDS_REMEMBERED = 5000;
const derivedIds = new Map<string, string>();

/** Derived from the task id, so that a plan need not carry it. A memo of a pure function. */
function mediaId({ taskId }: Plan, { name, idForm }: MediaKind): string {
  const seed = `${taskId} ${name} ${idForm}`;
  const known = derivedIds.get(seed);
  if (known !== undefined) return known;
  const id = createRandom(`${taskId} ${name}`).id(idForm);
  if (derivedIds.size >= IDS_REMEMBERED) derivedIds.clear();
  derivedIds.set(seed, id);
  return id;
}

function mediaUrl(plan: Plan, kind: MediaKind): string {
  return `${plan.origin}/__media/${plan.taskId}/${mediaFileName(kind)}`;
}

/** A file is served under the medium's own name: `video.mp4`. */
export function mediaFileName({ name, file }: MediaKind): string {
  return name + file.slice(file.lastIndexOf('.'));
}

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
