import type { Json, JsonObject } from '../core/types.ts';
import type { DeliverySource, RulesOfDelivery, WebhookSource, WebhooksSource } from './delivery-source.ts';
import type { ErrorAnswerSource, ErrorRole, ErrorsSource } from './error-source.ts';
import type { IdSource, TaskIdSource } from './id-source.ts';
import type { UploadSource, UploadsSource } from './upload-source.ts';

export type { ErrorAnswerSource, ErrorRole, ErrorsSource } from './error-source.ts';

/** Content of lifecycle.yaml; spec/lifecycle.schema.json describes and validates each field. */
export interface Lifecycle {
  readonly pack: string;
  readonly title: string;
  readonly document: string;
  readonly pages: Readonly<Record<string, Page>>;
  readonly task: {
    readonly id: TaskIdSource;
    /** Fields of requests with ids that clients choose. */
    readonly aliases?: readonly string[];
    readonly aliasesUnique?: boolean;
    readonly visibleAfter?: string;
    readonly mediaLifetime: string;
    readonly timeZone?: string;
    readonly media?: Readonly<Record<string, MediaSource>>;
  };
  readonly kinds: Readonly<Record<string, KindSource>>;
  readonly operations: Readonly<Record<string, OperationSource>>;
  readonly events?: Readonly<Record<string, EventSource>>;
  readonly delivery?: DeliverySource;
  readonly webhooks?: WebhooksSource;
  readonly uploads?: UploadsSource;
  readonly clients?: ClientsSource;
  readonly auth?: { readonly schemes: readonly string[] };
  readonly reach?: { readonly header: string };
  readonly notMocked?: readonly string[];
  readonly bodyLimit?: number;
  readonly timing?: { readonly notVisibleFor?: string; readonly lateBy?: string };
  readonly errors: ErrorsSource;
  readonly limits?: LimitsSource;
  readonly failures?: Readonly<Record<string, FailureSource>>;
  readonly profiles?: Readonly<
    Record<string, { readonly lifecycle?: JsonObject; readonly document?: JsonObject }>
  >;
  readonly facts: readonly Fact[];
}

export interface MediaSource {
  readonly file: string;
  readonly id: IdSource;
  /** Kinds of task that have this file (default: all). */
  readonly kinds?: readonly string[];
  /** Number of such files, or the expression of the field with it (default: 1). */
  readonly count?: number | string;
  /** Time during which it can be downloaded (default: that of all media). */
  readonly lifetime?: string;
  /** States before the end in which the file exists (default: none). */
  readonly readyIn?: readonly string[];
}

/** A page that a pack is based on. */
export interface Page {
  readonly title: string;
  /** URL, or the name of a file or package. */
  readonly source: string;
}

export interface KindSource {
  readonly steps: readonly {
    readonly state: string;
    readonly lasts: string;
    readonly waitsForSlot?: boolean;
    readonly holdsSlot?: boolean;
  }[];
  readonly ends: {
    readonly success: string;
    readonly failure: string;
    readonly abandoned?: string;
    readonly canceled?: string;
  };
  readonly faultStates?: { readonly unknown?: string; readonly unready?: string };
  readonly parent?: ParentSource;
}

export type ParentSource = { readonly id: string } & Readonly<Record<ParentTrouble, ParentRuleSource>>;

/** Requirements of the vendor for its clients. */
export interface ClientsSource {
  readonly pollEvery?: string;
  readonly pollNeverWithin?: string;
  readonly pauseForMaintenance?: string;
  readonly downloadWithin?: string;
  readonly promptLength?: number;
}

export interface ParentRuleSource {
  readonly refuse?: ErrorRole;
  readonly because?: string;
  readonly fail?: string;
}

export interface LimitsSource {
  readonly concurrencyFailure?: string;
  readonly waitsWithoutEnd?: boolean;
  readonly rate?: RateSource;
}

export interface RateSource {
  readonly submissions: number;
  readonly per: string;
  readonly retryAfter?: boolean;
}

export type OperationSource =
  | SubmitSource
  | DeriveSource
  | PollSource
  | CancelSource
  | DeleteSource
  | AnswerSource
  | JwksSource
  | ListSource
  | UploadSource
  | WebhookSource;

/** Kind of a task that a field of its request chooses. */
export interface KindByField {
  readonly by: string;
  readonly map: Readonly<Record<string, string>>;
  /** Kind for other values (default: they are invalid). */
  readonly otherwise?: string;
}

/** Bodies by state that kinds have of their own, by kind. */
export type BodiesOfKinds = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export interface SubmitSource {
  readonly does: 'submit';
  readonly kind: string | KindByField;
  /** Name of an event, or of several. */
  readonly event?: string | readonly string[];
  readonly prompt?: string;
  readonly status?: number;
  /** Overrides the parent of the kind. */
  readonly parent?: ParentSource;
  readonly answer: Json;
}

/** Creates a second task from an existing one, and then answers about it. */
export interface DeriveSource {
  readonly does: 'derive';
  readonly parent: ParentSource;
  /** Fields with whose values a parent has several derived tasks. */
  readonly apart?: readonly string[];
  readonly kind: string | KindByField;
  readonly event?: string;
  readonly status?: number;
  /** Answer to the call that creates the task. */
  readonly answer: Json;
  readonly messages?: readonly string[];
  /** Answer to later calls, in each state of the derived task. */
  readonly answers: Readonly<Record<string, Json>>;
  readonly answersOf?: BodiesOfKinds;
}

export interface PollSource {
  readonly does: 'poll';
  readonly task: string;
  /** The id that it is called with, such as `media.video.id` (default: that of the task). */
  readonly findBy?: string;
  /** Kinds of task that it finds (default: all). */
  readonly kinds?: readonly string[];
  /** Answer for other tasks, instead of the one under `errors`. */
  readonly unknownTask?: ErrorAnswerSource;
  readonly messages?: readonly string[];
  readonly answers: Readonly<Record<string, Json>>;
  /** Overrides answers for some kinds of task. */
  readonly answersOf?: BodiesOfKinds;
}

export interface CancelSource {
  readonly does: 'cancel';
  readonly task: string;
  /** Answer for a task that it does not find. */
  readonly unknownTask?: ErrorAnswerSource;
  readonly messages?: readonly string[];
  readonly status?: number;
  readonly whenFinished?: 'leave' | 'forget';
  /** States in which it is allowed (default: all). */
  readonly allowedIn?: readonly string[];
  /** Answer in other states: an error, or one about the task. */
  readonly refused?: ErrorRole | { readonly [key: string]: Json };
  /** Time until the task ends (default: none). */
  readonly takes?: string;
  readonly answers?: Readonly<Record<string, Json>>;
  readonly answersOf?: BodiesOfKinds;
}

export interface DeleteSource {
  readonly does: 'delete';
  readonly task: string;
  readonly status?: number;
}

export interface AnswerSource {
  readonly does: 'answer';
  readonly status?: number;
  readonly needsSecret?: boolean;
  readonly answer: Json;
}

/** Returns the public keys that verify signatures. */
export interface JwksSource {
  readonly does: 'jwks';
}

export interface ListSource {
  readonly does: 'list';
  readonly items: string;
  readonly kinds?: readonly string[];
  readonly filters?: FiltersSource;
  readonly page?: PageSource;
  readonly answer: Json;
}

/** Expressions with one or more values, of which a task must have one. */
export interface FiltersSource {
  readonly state?: string;
  readonly kind?: string;
  readonly ids?: string;
}

/** Size of a page, and the names of the query parameters that select one. */
export interface PageSource {
  readonly size?: number;
  readonly most?: number;
  readonly limit?: string;
  readonly offset?: string;
  readonly cursor?: string;
}

export interface EventSource {
  readonly callback?: string;
  readonly webhook?: string;
  readonly filter?: string;
  readonly announces?: Readonly<Record<string, readonly string[]>>;
  readonly sentOnce?: readonly string[];
  readonly delivery?: Partial<RulesOfDelivery>;
  readonly messages?: readonly string[];
  readonly bodies: Readonly<Record<string, Json>>;
  /** Overrides bodies for some kinds of task. */
  readonly bodiesOf?: BodiesOfKinds;
}

export interface FailureSource {
  readonly code: number | string;
  readonly class?: string;
  readonly summary: string;
  readonly state?: string;
  readonly messages: Readonly<Record<string, string>>;
}

/** One fact about a vendor, with its grade. */
export interface Fact {
  readonly fact: string;
  /** JSON Pointer to the value in lifecycle.yaml. */
  readonly at: string;
  readonly grade: 'documented' | 'observed' | 'assumed';
  /** Pages that state it, by their names in the pack. */
  readonly pages?: readonly string[];
  /** Heading under which each page states it, by the name of the page; required for documented facts. */
  readonly headings?: Readonly<Record<string, string>>;
  /** Value in other profiles, by profile. */
  readonly differs?: Readonly<Record<string, string>>;
  /** Contradiction between two pages. */
  readonly disagrees?: string;
}

export type ParentTrouble = 'whenUnknown' | 'whenUnfinished' | 'whenFailed' | 'whenExpired';
