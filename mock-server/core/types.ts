/** The data types of the engine. All times (`…At`) are epoch milliseconds of service time; all `…Ms` are durations. */

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

export type TaskId = Brand<string, 'TaskId'>;
/** A label for an API key. Never the key itself, because labels appear in journals and reports. */
export type Account = Brand<string, 'Account'>;
/** Unique within its task: `d1`, `d2`, … */
export type DeliveryId = Brand<string, 'DeliveryId'>;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Notations for 128 bits. `base32` is 26 letters of the RFC 4648 alphabet, in lowercase. */
export type IdNotation = 'uuid' | 'hex32' | 'base32';

/** An id of random characters. */
export interface IdShape {
  readonly prefix: string;
  readonly characters: string;
  /** The number of characters after the prefix. */
  readonly length: number;
  /** Whether messages contain it as a number instead of a text. */
  readonly isInteger: boolean;
}

export type IdForm = IdNotation | IdShape;

/** One step of a task's plan: the task is in `state` from `at`. */
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

/** A fault of one or more polls; `times: null` means every poll from the first affected one. */
export type PollFault =
  | { readonly type: 'code'; readonly code: string; readonly times: number | null }
  | { readonly type: 'reset' | 'truncated'; readonly times: number | null };

export type CallbackFault =
  | 'never'
  | 'late'
  | 'duplicate'
  | 'concurrent-duplicate'
  | 'before-response'
  | 'lost-ack'
  | 'malformed'
  | 'truncated'
  | 'forged';

/** How a task deviates from its usual sequence of states. */
export type StateFault = 'long' | 'back-and-forth' | 'unknown' | 'unready';

export type MediaFault = 'dribble' | 'hang' | '503' | 'truncated' | 'expired';

/** The faults of one task. Plain data, so that the plan can contain it. */
export interface Scenario {
  /** The name that the user wrote, e.g. `fail.nsfw+callback.duplicate`. */
  readonly name: string;
  /** Slug of the failure the task ends with; null for success. */
  readonly failure: string | null;
  readonly submit: SubmitFault | null;
  /** Faults of the first polls, in order. */
  readonly polls: readonly PollFault[];
  /** `poll.not-visible`: polls initially do not find the task. */
  readonly hidden: boolean;
  readonly callback: CallbackFault | null;
  readonly media: MediaFault | null;
  readonly course: StateFault | null;
}

/** A deliberate fault of a delivery. */
export type DeliveryFault = 'lost-ack' | 'malformed' | 'truncated' | 'forged';

/** One event that a plan promises to send to one URL. */
export interface PlannedDelivery {
  readonly id: DeliveryId;
  readonly event: string;
  /** The state whose body is sent. */
  readonly state: string;
  readonly url: string;
  readonly dueAt: number;
  /** The delivery of the same task that must be settled before this one is sent. */
  readonly after: DeliveryId | null;
  readonly flaw: DeliveryFault | null;
  /** Overrides the policy's number of retries. */
  readonly retries: number | null;
  /** Absent for a callback. A handshake checks the receiver at a URL before the first callback to it. */
  readonly kind?: 'handshake';
  /** The registered endpoint that it goes to; absent when the request named its URL. */
  readonly endpoint?: string;
}

/** An event, and a URL to which it is sent. */
export interface CallbackTarget {
  readonly event: string;
  readonly url: string;
}

export type PathParams = Readonly<Record<string, string>>;

/** Everything that will happen to a task, decided when it is submitted. Immutable and serializable. */
export interface Plan {
  readonly taskId: TaskId;
  readonly pack: string;
  readonly operation: string;
  readonly kind: string;
  readonly account: Account;
  readonly scenario: Scenario;
  /** The base of its media URLs: scheme, host and prefix. */
  readonly origin: string;
  readonly request: JsonObject;
  /** The original text of the request if it contains numbers that JSON.stringify would write differently, otherwise null. */
  readonly requestText: string | null;
  /** The parameters in the path of its submission; null if the path has no parameters. */
  readonly pathParams: PathParams | null;
  readonly parentId: TaskId | null;
  readonly submittedAt: number;
  /** Polls do not find the task before this time. */
  readonly visibleAt: number;
  /** In chronological order; the last one is the final state. */
  readonly steps: readonly Step[];
  readonly outcome: Outcome;
  /** The state of a successful task whose callback was abandoned; null if the state does not change. */
  readonly abandonedState: string | null;
  /** When it holds one of its account's slots; null if it never gets a slot or if the account has no limit. */
  readonly slot: Slot | null;
  /** When its media expires; null if the task has no media. */
  readonly mediaExpiresAt: number | null;
  readonly callbacks: readonly PlannedDelivery[];
  /** The events and URLs of a request that names them outside its body; absent when they can be read from the body. */
  readonly targets?: readonly CallbackTarget[];
  /** The ids that its client chose for it; absent without any. */
  readonly aliases?: readonly string[];
}

export interface Slot {
  /** When the task is ready for a slot, and begins to wait if none is free. */
  readonly readyAt: number;
  readonly fromAt: number;
  readonly untilAt: number;
}

/** The slots of one account, as planning needs them. */
export interface Capacity {
  readonly slots: number;
  /** The number of tasks that may wait for a slot; further tasks fail. */
  readonly queue: number;
  readonly taken: readonly Slot[];
}

/** Undocumented states for the `state` scenarios; null if the pack does not define one. */
export interface FaultStates {
  /** A state that clients do not know. */
  readonly unknown: string | null;
  /** A state that looks like success, but whose media is not available yet. */
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
  /** The final states of failures that do not end in `failure`, by slug. */
  readonly failures: Readonly<Record<string, string>>;
  /** The state of a successful task whose callback was abandoned; null if the state does not change. */
  readonly abandoned: string | null;
  /** The final state of canceled tasks; null if tasks cannot be canceled. */
  readonly canceled: string | null;
}

/** The rules of a pack for one kind of task: everything that planning needs. */
export interface KindRules {
  readonly pack: string;
  readonly kind: string;
  readonly idForm: IdForm;
  /** A path that contains the id, such as `jobs/{$request.path.model}/{id}`, and is the id of tasks; null without one. */
  readonly idPath: string | null;
  readonly steps: readonly StepRule[];
  readonly ends: Ends;
  readonly faultStates: FaultStates;
  readonly visibleAfterMs: number;
  readonly mediaLifetimeMs: number;
  readonly notVisibleForMs: number;
  readonly lateByMs: number;
  readonly concurrencyFailure: string | null;
  /** Whether any number of tasks over the concurrency limit may wait. */
  readonly waitsWithoutEnd: boolean;
}

/** A reason to send a callback about a state. */
export interface Signal {
  /** The name by which clients subscribe to the signal. */
  readonly name: string;
  /** Whether a rejected callback is retried. */
  readonly retried: boolean;
}

/** The event that a task sends, and the signals of each state, in order. */
export interface Announcement extends CallbackTarget {
  readonly signals: ReadonlyMap<string, readonly Signal[]>;
  /** The announcements of the same task to further URLs, or of further events. */
  readonly others?: readonly Announcement[];
  /** The URLs that need a handshake before the first callback. */
  readonly handshakes?: readonly string[];
}

/** `acknowledged`, or the reason why an attempt was not acknowledged. */
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
  /** The number of the attempt, from 1. */
  readonly n: number;
  /** When it was sent, service time. */
  readonly at: number;
  /** When it was sent, wall time. */
  readonly wallAt: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status of the receiver's answer; null without an answer. */
  readonly status: number | null;
  /** Time until the first byte of the answer; null without an answer. */
  readonly firstByteMs: number | null;
  readonly durationMs: number;
  /** The beginning of the receiver's answer. */
  readonly answer: string;
  /** A readable description of what went wrong; null after success. */
  readonly detail: string | null;
}

/** `abandoned` after the last retry, or when the mock must not call the URL. */
export type DeliveryStatus = 'pending' | 'acknowledged' | 'abandoned';

/** Windows of statuses, such as `200`, `2xx`, `1xx-3xx` or `200, 4xx`. */
export type AckStatus = string;

export interface DeliveryPolicy {
  readonly ackTimeoutMs: number;
  readonly ackStatus: AckStatus;
  /** The exact body that an acknowledgement must have; null for any. */
  readonly ackBody: string | null;
  /** The statuses of answers that are not retried; null when all failures are. */
  readonly endsRetries: AckStatus | null;
  readonly retries: number;
  /** The number of retries of callbacks about these states, instead of `retries`. */
  readonly retriesFor: Readonly<Record<string, number>>;
  /** The wait before each retry; the last one is repeated. */
  readonly gapsMs: readonly number[];
  /** The largest share by which a gap is longer or shorter: 0.1 for 10%. */
  readonly gapJitter: number;
}
