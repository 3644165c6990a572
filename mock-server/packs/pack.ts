import type { OpenAPIV3_1 } from 'openapi-types';
import type {
  DeliveryPolicy,
  IdForm,
  JsonObject,
  KindRules,
  PathParams,
  Plan,
  Signal,
} from '../core/types.ts';
import type { TaskView } from '../core/view.ts';
import type { CallContext, OutsideBody, PageContext, Route } from './call.ts';
import type { TaskAliasRules } from './compile-ids.ts';
import type { ErrorAnswers, OwnError } from './error-answers.ts';
import type { Evaluate } from './expressions.ts';
import type { Handshake } from './handshake.ts';
import type { ErrorRole, Fact, Page, ParentTrouble } from './lifecycle.ts';
import type { RequestParts } from './request-parts.ts';
import type { CallbackHeaders } from './signing/callback-headers.ts';
import type { Signer } from './signing/signer.ts';
import type { HeaderTemplates, StateAnswer } from './state-answer.ts';
import type { Template } from './template.ts';
import type { UploadOperation, UploadRules } from './uploads.ts';
import type { AuthRules, ClientRules, NotMocked, RateLimit, ReachRules } from './vendor-rules.ts';
import type { WebhookOperation, Webhooks } from './webhooks.ts';

export type { CallContext, OutsideBody, PageContext, Route, TaskPage } from './call.ts';
export type { RequestParts } from './request-parts.ts';

/** Values for the templates of answers and callbacks about a task. */
export interface TaskContext {
  readonly plan: Plan;
  readonly view: TaskView;
  /** The call that is answered; absent in callbacks. */
  readonly call?: RequestParts | undefined;
}

/** Renders an answer about a task. */
export type AnswerTemplate = (context: TaskContext) => StateAnswer;

/** What applies to the calls of any operation. */
interface CallRules extends Route {
  /** Whether calls need no key. */
  readonly isPublic: boolean;
}

/** Effect of a parent that cannot be continued: the submission is refused, or the task fails. */
export type ParentRule =
  | { readonly type: 'refuse'; readonly role: ErrorRole; readonly because: string | null }
  | { readonly type: 'fail'; readonly slug: string };

/** How an operation continues another task. */
export interface ParentRules {
  readonly idOf: (
    request: JsonObject,
    pathParams: PathParams | null,
    outside?: OutsideBody | null,
  ) => unknown;
  /** JSON Pointer to the parent's id in the body; null when the id is elsewhere. */
  readonly pointer: string | null;
  /** Path parameter with the parent's id; null when the id is elsewhere. */
  readonly pathParam: string | null;
  /** Query parameter with the parent's id; null when the id is elsewhere. */
  readonly queryParam: string | null;
  readonly rules: Readonly<Record<ParentTrouble, ParentRule>>;
}

/** Reads a callback URL, or a list of them. @param outside the parts other than the body, if they are known */
export type ReadUrls = (request: JsonObject, outside?: OutsideBody | null) => unknown;

/** Where requests name the URLs of an event. */
export interface CallbackSource {
  readonly event: PackEvent;
  readonly urlOf: ReadUrls;
  readonly place: CallbackPlace;
}

/** A place of a callback URL. */
export type CallbackPlace =
  | { readonly in: 'body'; readonly pointer: string }
  | { readonly in: 'query' | 'header'; readonly name: string };
/** How repeated calls for the same parent are answered: about the task that the first one created. */
export interface DeriveRules {
  /** Returns a text that is the same for calls about the same derived task. */
  readonly keyOf: (request: JsonObject, pathParams: PathParams | null, outside: OutsideBody | null) => string;
  /** Answers by state of the derived task. */
  readonly answers: ReadonlyMap<string, AnswerTemplate>;
}

/** Chooses the kind of the task that a request creates. */
export type KindOf = (request: JsonObject, pathParams: PathParams | null) => KindRules | null;

/** Creates a task. */
export interface SubmitOperation extends CallRules {
  readonly type: 'submit';
  /** Kind of the task that the first example of the document creates. */
  readonly kind: KindRules;
  /** All kinds of task that it creates. */
  readonly kinds: readonly KindRules[];
  /** Chooses the kind by a field of the request; null when no kind is defined for its value. */
  readonly kindOf: KindOf;
  readonly parent: ParentRules | null;
  /** For operations whose first call creates a task from another one; null for all others. */
  readonly derives: DeriveRules | null;
  /** The events of its tasks. */
  readonly events: readonly PackEvent[];
  /** The first of them, which reports the end of a task. */
  readonly event: PackEvent | null;
  /** Reads the callback URL of that event from the request, by the key of `callbacks` in the document. */
  readonly callbackUrlOf: ReadUrls;
  /** Place of that URL in the body; null when it is elsewhere. */
  readonly callbackUrlPointer: string | null;
  /** The query parameter with that URL; null when it is elsewhere. */
  readonly callbackUrlParameter: string | null;
  /** All places where requests name URLs; the first is that of the fields above. */
  readonly callbacks: readonly CallbackSource[];
  readonly promptOf: Evaluate<JsonObject>;
  readonly promptPointer: string | null;
  readonly status: number;
  /** Headers of the answer; null without its own. */
  readonly headersOf: HeaderTemplates<TaskContext> | null;
  readonly answer: Template<TaskContext>;
}

/** Returns the state of a task. */
export interface PollOperation extends CallRules {
  readonly type: 'poll';
  readonly taskIdOf: Evaluate<RequestParts>;
  /** Expression of the task id as in the pack, such as `$request.query.id`. */
  readonly taskIdAt: string;
  /** The media file by whose id it finds a task; null when it does so by the id of the task. */
  readonly findBy: MediaKind | null;
  /** Kinds of task that it finds; null for all. */
  readonly kinds: ReadonlySet<string> | null;
  /** Its answer for other tasks; null for that of the pack. */
  readonly unknownTask: OwnError | null;
  readonly answers: ReadonlyMap<string, AnswerTemplate>;
  /** States in which the answer can change while the state stays the same. */
  readonly moving: ReadonlySet<string>;
}

/** Ends a running task. */
export interface CancelOperation extends CallRules {
  readonly type: 'cancel';
  readonly taskIdOf: Evaluate<RequestParts>;
  /** Answer for a task that it does not find; null for that of the pack. */
  readonly unknownTask: OwnError | null;
  readonly status: number;
  /** Effect on a task that has already ended. */
  readonly whenFinished: 'leave' | 'forget';
  /** Null when the answer has no body. */
  readonly answers: ReadonlyMap<string, AnswerTemplate> | null;
  /** Null when every state allows it. */
  readonly allowed: AllowedStates | null;
  /** Time until the task ends, in milliseconds of the vendor. */
  readonly takesMs: number;
}

/** The states in which an operation is allowed, and the answer in any other: an error, or the vendor's own. */
export interface AllowedStates {
  readonly states: ReadonlySet<string>;
  readonly refusal: ErrorRole | AnswerTemplate;
}

/** Removes a task in any state; it sends no further callbacks. */
export interface DeleteOperation extends CallRules {
  readonly type: 'delete';
  readonly taskIdOf: Evaluate<RequestParts>;
  readonly status: number;
}

/** Returns an answer that is not about a task, such as the account. */
export interface AnswerOperation extends CallRules {
  readonly type: 'answer';
  readonly status: number;
  /** Whether the answer exists only while callbacks are signed. */
  readonly needsSecret: boolean;
  readonly headersOf: HeaderTemplates<CallContext> | null;
  readonly answer: Template<CallContext>;
}

/** Lists the tasks of the account, newest first. */
export interface ListOperation extends CallRules {
  readonly type: 'list';
  /** Kinds of task that it lists; null for all. */
  readonly kinds: ReadonlySet<string> | null;
  /** What a request can select tasks by. */
  readonly filters: readonly ListFilter[];
  /** Templates of an item, by state. */
  readonly items: ReadonlyMap<string, Template<TaskContext>>;
  readonly page: PageRules;
  readonly status: number;
  readonly headersOf: HeaderTemplates<PageContext> | null;
  readonly answer: Template<PageContext>;
}

/** Selects the tasks of a list that have one of the values in a part of the request. */
export interface ListFilter {
  readonly by: 'state' | 'kind' | 'ids';
  readonly read: Evaluate<RequestParts>;
}

/** Page sizes, and the query parameters that select a page. */
export interface PageRules {
  /** Default number of tasks on a page. */
  readonly size: number;
  /** Largest number of tasks that a request can ask for. */
  readonly most: number;
  /** Names of the query parameters; null where the vendor does not have one. */
  readonly limit: string | null;
  readonly offset: string | null;
  readonly cursor: string | null;
}

/** An operation of a pack. */
export type Operation =
  | SubmitOperation
  | PollOperation
  | CancelOperation
  | DeleteOperation
  | AnswerOperation
  | ListOperation
  | UploadOperation
  | WebhookOperation;

/** A callback of a pack. */
export interface PackEvent {
  /** Name of the pack, a dot, and the name of the event; unique across packs. */
  readonly name: string;
  /** Name under `callbacks` of the submitting operation; null when requests do not name a URL. */
  readonly callback: string | null;
  /** Name under `webhooks` of the document; null when it is not sent to registered endpoints. */
  readonly webhook: string | null;
  /** Template of the body, by announced state. */
  readonly bodies: ReadonlyMap<string, Template<TaskContext>>;
  /** Signals of each state, in order. */
  readonly signals: ReadonlyMap<string, readonly Signal[]>;
  /** Reads the requested signals; null when all are sent. */
  readonly wantedBy: Evaluate<JsonObject> | null;
  readonly delivery: DeliveryPolicy;
}

/** A failure of a pack. */
export interface Failure {
  readonly slug: string;
  readonly code: number | string;
  readonly class: string | null;
  readonly summary: string;
  /** Text, by page. */
  readonly messages: Readonly<Record<string, string>>;
}

/** A media file of successful tasks. */
export interface MediaKind {
  readonly name: string;
  /** Name of the file on the media host. */
  readonly file: string;
  readonly idForm: IdForm;
  /** Kinds of task that have this file; null for all. */
  readonly kinds: ReadonlySet<string> | null;
  /** Number of such files that a task has; null for a single one. */
  readonly countOf: ((plan: Pick<Plan, 'request'>) => number) | null;
  /** Largest number of such files that a task can have. */
  readonly most: number;
  /** How long it can be downloaded after the end of the task; null for as long as all media. */
  readonly lifetimeMs: number | null;
  /** States before the end of the task in which the file already exists. */
  readonly readyIn: ReadonlySet<string>;
}

/** A compiled pack, which is immutable and contains all vendor-specific values. */
export interface Pack {
  readonly name: string;
  readonly title: string;
  readonly dir: string;
  /** File of the OpenAPI document, which can be in another folder. */
  readonly documentPath: string;
  readonly profile: string;
  readonly profiles: readonly string[];
  /** The routes of the operations, in the same order. */
  readonly routes: readonly Route[];
  /** OpenAPI document, after the patch of the profile. */
  readonly document: OpenAPIV3_1.Document;
  readonly kinds: ReadonlyMap<string, KindRules>;
  readonly operations: readonly Operation[];
  readonly events: ReadonlyMap<string, PackEvent>;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly errors: ErrorAnswers;
  readonly media: ReadonlyMap<string, MediaKind>;
  /** Null when clients cannot choose ids. */
  readonly aliases: TaskAliasRules | null;
  readonly delivery: DeliveryPolicy;
  /** Headers of every callback, in addition to those of the signature; null when the pack does not have any. */
  readonly callbackHeaders: CallbackHeaders | null;
  readonly signer: Signer | null;
  /** Null when receivers are not checked before their first callback. */
  readonly handshake: Handshake | null;
  /** Null when clients cannot register endpoints. */
  readonly webhooks: Webhooks | null;
  /** Null when clients cannot upload files. */
  readonly uploads: UploadRules | null;
  readonly pages: Readonly<Record<string, Page>>;
  readonly facts: readonly Fact[];
  /** Limit of submissions per account; null without a limit. */
  readonly rate: RateLimit | null;
  readonly clients: ClientRules;
  readonly auth: AuthRules;
  /** Null unless a header can name the vendor's own URL. */
  readonly reach: ReachRules | null;
  /** Operations of the vendor that are not mocked, with paths in the form of OpenAPI. */
  readonly notMocked: readonly NotMocked[];
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly traits: CallTraits;
}

/** What tells calls to the vendor from those to others, apart from their paths and keys. */
export interface CallTraits {
  /** Paths in the addresses of the vendor's servers. */
  readonly basePaths: readonly string[];
  /** Names of the request headers in the document, in lower case. */
  readonly headers: readonly string[];
}
