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
import type { ErrorAnswers } from './error-answers.ts';
import type { Evaluate } from './expressions.ts';
import type { ErrorRole, Fact, Page, ParentTrouble } from './lifecycle.ts';
import type { Signer } from './signer.ts';
import type { JsonText, Template } from './template.ts';

/** What a body template can speak of. */
export interface TaskContext {
  readonly plan: Plan;
  readonly view: TaskView;
}

/** A request, as the expressions of an operation see it. */
export interface RequestParts {
  query(name: string): string | undefined;
  header(name: string): string | undefined;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What an answer that is about no task can speak of. */
export interface CallContext {
  readonly request: RequestParts;
  readonly origin: string;
  /** What callbacks are signed with; null when they are not. */
  readonly secret: string | null;
}

/** One page of an account's tasks. */
export interface TaskPage {
  /** The items as one JSON array. */
  readonly items: JsonText;
  readonly count: number;
  readonly limit: number;
  readonly offset: number;
  readonly hasMore: boolean;
  /** Null when there is no such page. */
  readonly nextUrl: string | null;
  readonly previousUrl: string | null;
}

export interface PageContext extends CallContext {
  readonly page: TaskPage;
}

interface Route {
  readonly id: string;
  readonly method: string;
  /** The OpenAPI path, `{params}` included. */
  readonly path: string;
}

export type ParentRule =
  | { readonly type: 'refuse'; readonly role: ErrorRole; readonly because: string | null }
  | { readonly type: 'fail'; readonly slug: string };

export interface ParentRules {
  readonly idOf: (request: JsonObject, pathParams: PathParams | null) => unknown;
  /** Where the body names the parent; null when the path does. */
  readonly pointer: string | null;
  /** The parameter of the path that names it; null when the body does. */
  readonly pathParam: string | null;
  readonly rules: Readonly<Record<ParentTrouble, ParentRule>>;
}

export interface SubmitOperation extends Route {
  readonly type: 'submit';
  readonly kind: KindRules;
  readonly parent: ParentRules | null;
  readonly event: PackEvent | null;
  /** Where the request asks its callback to be sent, by the key of `callbacks` in the document. */
  readonly callbackUrlOf: Evaluate<JsonObject>;
  readonly callbackUrlPointer: string | null;
  readonly promptOf: Evaluate<JsonObject>;
  readonly promptPointer: string | null;
  readonly status: number;
  readonly answer: Template<TaskContext>;
}

export interface PollOperation extends Route {
  readonly type: 'poll';
  readonly taskIdOf: Evaluate<RequestParts>;
  /** The same as the pack writes it, like `$request.query.id`. */
  readonly taskIdAt: string;
  readonly answers: ReadonlyMap<string, Template<TaskContext>>;
  /** The states in which the answer changes although the state does not. */
  readonly moving: ReadonlySet<string>;
}

/** Ends a running task. */
export interface CancelOperation extends Route {
  readonly type: 'cancel';
  readonly taskIdOf: Evaluate<RequestParts>;
  readonly status: number;
  /** What becomes of a task that has ended already. */
  readonly whenFinished: 'leave' | 'forget';
  /** Null when the answer has no body. */
  readonly answers: ReadonlyMap<string, Template<TaskContext>> | null;
}

/** Removes a task, whatever its state: nothing is heard of it again. */
export interface DeleteOperation extends Route {
  readonly type: 'delete';
  readonly taskIdOf: Evaluate<RequestParts>;
  readonly status: number;
}

/** Says something that is about no task: the account, say. */
export interface AnswerOperation extends Route {
  readonly type: 'answer';
  readonly status: number;
  /** It has an answer only while callbacks are signed. */
  readonly needsSecret: boolean;
  readonly answer: Template<CallContext>;
}

/** Shows an account its tasks, newest first. */
export interface ListOperation extends Route {
  readonly type: 'list';
  /** Null for all kinds. */
  readonly kinds: ReadonlySet<string> | null;
  /** What it says of a task, by state. */
  readonly items: ReadonlyMap<string, Template<TaskContext>>;
  readonly page: PageRules;
  readonly answer: Template<PageContext>;
}

export interface PageRules {
  /** How many tasks a page has unless the request says otherwise, … */
  readonly size: number;
  /** … and at most. */
  readonly most: number;
  /** The query parameters that choose a page; null where the vendor has no such parameter. */
  readonly limit: string | null;
  readonly offset: string | null;
  readonly cursor: string | null;
}

export type Operation =
  | SubmitOperation
  | PollOperation
  | CancelOperation
  | DeleteOperation
  | AnswerOperation
  | ListOperation;

/** A callback of a pack. */
export interface PackEvent {
  /** Name of the pack, a dot, and the name of the event; unique among all packs. */
  readonly name: string;
  /** Its name under `callbacks` of the submitting operation. */
  readonly callback: string;
  /** One body per announced state. */
  readonly bodies: ReadonlyMap<string, Template<TaskContext>>;
  /** What is announced of each state, in order. */
  readonly signals: ReadonlyMap<string, readonly Signal[]>;
  /** Where a request names the signals it wants; null when it gets all. */
  readonly wantedBy: Evaluate<JsonObject> | null;
  readonly delivery: DeliveryPolicy;
}

export interface Failure {
  readonly slug: string;
  readonly code: number | string;
  readonly class: string | null;
  readonly summary: string;
  /** By page. */
  readonly messages: Readonly<Record<string, string>>;
}

export interface MediaKind {
  readonly name: string;
  /** A file of the media host. */
  readonly file: string;
  readonly idForm: IdForm;
  /** The kinds of task that yield it; null for all. */
  readonly kinds: ReadonlySet<string> | null;
}

/** A compiled pack: everything that the engine knows about a vendor. Immutable. */
export interface Pack {
  readonly name: string;
  readonly title: string;
  readonly dir: string;
  /** File of the OpenAPI document, which can be in another folder. */
  readonly documentPath: string;
  readonly profile: string;
  readonly profiles: readonly string[];
  /** OpenAPI document, after the patch of the profile. */
  readonly document: OpenAPIV3_1.Document;
  readonly kinds: ReadonlyMap<string, KindRules>;
  readonly operations: readonly Operation[];
  readonly events: ReadonlyMap<string, PackEvent>;
  readonly failures: ReadonlyMap<string, Failure>;
  readonly errors: ErrorAnswers;
  readonly media: ReadonlyMap<string, MediaKind>;
  readonly delivery: DeliveryPolicy;
  readonly signer: Signer | null;
  readonly pages: Readonly<Record<string, Page>>;
  readonly facts: readonly Fact[];
  /** Limit of submissions per account; null without a limit. */
  readonly rate: RateLimit | null;
  readonly clients: ClientRules;
  readonly auth: AuthRules;
  /** Operations of the vendor that are not mocked, with paths in the form of OpenAPI. */
  readonly notMocked: readonly NotMocked[];
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
}

export interface AuthRules {
  /** The schemes that its Authorization header may have; capitals make no difference. */
  readonly schemes: readonly string[];
}

export interface NotMocked {
  readonly method: string;
  readonly path: string;
}

/** What the vendor asks of those who call it. */
export interface ClientRules {
  /** How far polls should be apart; null when no page says. */
  readonly pollEveryMs: number | null;
  /** Polls that are closer than this hammer. */
  readonly pollNeverWithinMs: number;
  /** How long to stay away after the answer of role `maintenance`. */
  readonly pauseForMaintenanceMs: number;
  /** How soon media should be fetched after a success is known. */
  readonly downloadWithinMs: number;
  /** The longest prompt that is taken; null when no page says. */
  readonly promptLength: number | null;
}

export interface RateLimit {
  readonly submissions: number;
  readonly perMs: number;
  /** Whether the refusal says in a header when to come again. */
  readonly retryAfter: boolean;
}
