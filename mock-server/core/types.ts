/** The nouns of the house. All times (`…At`) are epoch milliseconds of service time, all `…Ms` are durations. */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

export type TaskId = Brand<string, 'TaskId'>;
/** A label for a bearer key. Never the key itself: labels end up in journals and reports. */
export type Account = Brand<string, 'Account'>;
/** Unique within its task: `d1`, `d2`, … */
export type DeliveryId = Brand<string, 'DeliveryId'>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Ways to write 128 bits: `base32` is RFC 4648's alphabet in small letters, 26 of them. */
export type IdForm = 'uuid' | 'hex32' | 'base32';

/** One entry of a task's plan: from `at` on, the task is in `state`. */
export interface Step {
  readonly state: string;
  readonly at: number;
}

export type Outcome =
  | { readonly type: 'success' }
  | { readonly type: 'failure'; readonly slug: string }
  | { readonly type: 'canceled' };

export type SubmitFault =
  | { readonly type: 'code'; readonly code: string }
  | { readonly type: 'reset' }
  | { readonly type: 'slow' };

/** What some polls run into; `times: null` is every one from there on. */
export type PollFault =
  | { readonly type: 'code'; readonly code: string; readonly times: number | null }
  | { readonly type: 'reset' | 'truncated'; readonly times: number | null };

export type CallbackTwist =
  | 'never'
  | 'late'
  | 'duplicate'
  | 'concurrent-duplicate'
  | 'before-response'
  | 'lost-ack'
  | 'malformed'
  | 'truncated'
  | 'forged';

/** What the way of a task through its states is like, where it is not the usual one. */
export type CourseTwist = 'long' | 'back-and-forth' | 'unknown' | 'unready';

export type MediaTwist = 'dribble' | 'hang' | '503' | 'truncated' | 'expired';

/** What shall go wrong with one task. Plain data, so that it can stand on the plan. */
export interface Scenario {
  /** As the user wrote it, e.g. `fail.nsfw+callback.duplicate`. */
  readonly name: string;
  /** Slug of the failure the task ends with; null for success. */
  readonly failure: string | null;
  readonly submit: SubmitFault | null;
  /** Faults of the first polls, one after the other. */
  readonly polls: readonly PollFault[];
  /** `poll.not-visible`: the task is unknown to the poll operation at first. */
  readonly hidden: boolean;
  readonly callback: CallbackTwist | null;
  readonly media: MediaTwist | null;
  readonly course: CourseTwist | null;
}

/** What is wrong with a delivery on purpose. */
export type DeliveryFlaw = 'lost-ack' | 'malformed' | 'truncated' | 'forged';

/** One event that a plan promises to send to one URL. */
export interface PlannedDelivery {
  readonly id: DeliveryId;
  readonly event: string;
  /** The state whose body is sent. */
  readonly state: string;
  readonly url: string;
  readonly dueAt: number;
  /** Sent only once this other delivery of the same task is settled. */
  readonly after: DeliveryId | null;
  readonly flaw: DeliveryFlaw | null;
  /** Overrides the policy's number of retries. */
  readonly retries: number | null;
}

export type PathParams = Readonly<Record<string, string>>;

/** Everything that will happen to a task, fixed when it is submitted. Immutable and serialisable. */
export interface Plan {
  readonly taskId: TaskId;
  readonly pack: string;
  readonly operation: string;
  readonly kind: string;
  readonly account: Account;
  readonly scenario: Scenario;
  /** Where its media URLs point: scheme, host and prefix. */
  readonly origin: string;
  readonly request: JsonObject;
  /** The request as it was written, when it has numbers that would be printed otherwise; else null. */
  readonly requestText: string | null;
  /** What the path of its submission held; null when there was nothing in it. */
  readonly pathParams: PathParams | null;
  readonly parentId: TaskId | null;
  readonly submittedAt: number;
  /** Before this moment the poll operation does not know the task. */
  readonly visibleAt: number;
  /** In order of time; the last one is the end. */
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** What its success turns into when its callback is given up; null when nothing changes. */
  readonly abandonedState: string | null;
  /** While it holds one of its account's slots; null when it never gets one, and when there is no limit. */
  readonly slot: Slot | null;
  /** When its media can no longer be downloaded; null when it yields none. */
  readonly mediaExpiresAt: number | null;
  readonly callbacks: readonly PlannedDelivery[];
}

export interface Slot {
  /** From here on the task waits for it, if it must. */
  readonly readyAt: number;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** The slots of one account, as planning needs them. */
export interface Capacity {
  readonly slots: number;
  /** How many tasks may wait for a slot; the next one fails. */
  readonly queue: number;
  readonly taken: readonly Slot[];
}

/** States that no page has, for scenarios that ask for them; null where the pack knows none. */
export interface Oddities {
  /** A state that clients have never heard of. */
  readonly unknown: string | null;
  /** Looks like a success, but its media are not there yet. */
  readonly unready: string | null;
}

export interface StepRule {
  readonly state: string;
  readonly minMs: number;
  readonly maxMs: number;
  readonly waitsForSlot: boolean;
  readonly holdsSlot: boolean;
}

/** The states in which tasks end. */
export interface Ends {
  readonly success: string;
  readonly failure: string;
  /** Failures that end in a state of their own, by slug. */
  readonly failures: Readonly<Record<string, string>>;
  /** What a success turns into when its callback is given up; null when nothing changes. */
  readonly abandoned: string | null;
  /** Where a task ends that is canceled; null when none can be. */
  readonly canceled: string | null;
}

/** What a pack says about one kind of task: all that planning needs to know. */
export interface KindRules {
  readonly pack: string;
  readonly kind: string;
  readonly idForm: IdForm;
  readonly steps: readonly StepRule[];
  readonly ends: Ends;
  readonly oddities: Oddities;
  readonly visibleAfterMs: number;
  readonly mediaLifetimeMs: number;
  readonly notVisibleForMs: number;
  readonly lateByMs: number;
  readonly concurrencyFailure: string | null;
  /** Tasks over the limit wait however many there are. */
  readonly waitsWithoutEnd: boolean;
}

/** One reason to announce a state. */
export interface Signal {
  /** What clients call it when they choose among signals. */
  readonly name: string;
  /** Whether a refused callback is sent again. */
  readonly retried: boolean;
}

/** The event a task announces itself by, and what is announced of each state, in order. */
export interface Announcement {
  readonly event: string;
  readonly url: string;
  readonly signals: ReadonlyMap<string, readonly Signal[]>;
}

/** `acknowledged`, or the reason why an attempt was not. */
export type AttemptOutcome =
  | 'acknowledged'
  | 'rejected'
  | 'timeout'
  | 'refused'
  | 'reset'
  | 'dns'
  | 'tls'
  | 'redirect'
  | 'blocked'
  | 'interrupted';

/** One POST of a delivery, and its result. */
export interface Attempt {
  /** Number of the attempt, from 1. */
  readonly n: number;
  /** When it was sent, service time. */
  readonly at: number;
  /** When it was sent, wall time. */
  readonly wallAt: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status of the receiver; null without an answer. */
  readonly status: number | null;
  /** Time until the first byte of the answer; null without an answer. */
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  /** Start of the receiver's answer. */
  readonly answer: string;
  /** What went wrong, as text for people; null after a success. */
  readonly detail: string | null;
}

/** `abandoned` after the last retry, or when the mock must not call the URL. */
export type DeliveryStatus = 'pending' | 'acknowledged' | 'abandoned';

export type AckStatus = '200' | '2xx';

export interface DeliveryPolicy {
  readonly ackTimeoutMs: number;
  readonly ackStatus: AckStatus;
  readonly retries: number;
  /** The wait before each retry; the last one is repeated. */
  readonly gapsMs: readonly number[];
}
