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
  /** Pages whose failure texts are used; the first that has a text applies. */
  readonly messagePages: readonly string[];
  readonly zoneOffsetMs: number;
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
      task: fieldsOf(TASK_FIELDS),
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

/** Language of expressions about the request of an operation, such as the place of the task id. */
export const REQUEST_LANGUAGE: Language<RequestParts> = {
  settings: { zoneOffsetMs: 0 },
  roots: { request: partOfRequest },
};

function partOfRequest(path: string): Evaluate<RequestParts> | null {
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ body }) => inBody(body);
  const [, place, name = ''] = /^(query|path|header)\.(.+)$/.exec(path) ?? [];
  if (place === 'query') return (request) => request.query(name);
  if (place === 'header') return (request) => request.header(name);
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

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function onTheRequest(path: string): Evaluate<TaskContext> | null {
  const inBody = bodyPointer(path);
  if (inBody !== null) return ({ plan }) => inBody(echoOf(plan));
  const [, name] = /^path\.(.+)$/.exec(path) ?? [];
  return name === undefined ? null : ({ plan }) => own(plan.pathParams ?? NO_PARAMS, name);
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

/** Whether tasks of this plan's kind have the media file. */
export function isYielded({ kinds }: Pick<MediaKind, 'kinds'>, { kind }: Pick<Plan, 'kind'>): boolean {
  return kinds === null || kinds.has(kind);
}

/** Number of derived ids in the cache, which serves tasks that are polled often. */
const IDS_CACHED = 5000;
const derivedIds = new Map<string, string>();

/** Derives a media id from the task id, so that plans do not store it. Memoizes a pure function. */
function mediaId({ taskId }: Plan, { name, idForm }: MediaKind): string {
  const seed = `${taskId} ${name} ${idForm}`;
  const known = derivedIds.get(seed);
  if (known !== undefined) return known;
  const id = createRandom(`${taskId} ${name}`).id(idForm);
  if (derivedIds.size >= IDS_CACHED) derivedIds.clear();
  derivedIds.set(seed, id);
  return id;
}

function mediaUrl(plan: Plan, kind: MediaKind): string {
  return `${plan.origin}/__media/${plan.taskId}/${mediaFileName(kind)}`;
}

/** Returns the name under which a media file is served, such as `video.mp4`. */
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
