/* Generated from spec/admin.openapi.yaml and spec/report.schema.json; a test checks that it is up to date. */

/* biome-ignore-all format: generated */

/**
 * A label for a bearer key. The key is never shown.
 */
export type Account = string;
/**
 * `acknowledged`, or the reason why not. The receiver answered with another status (`rejected`, `redirect`), answered
 * too late (`timeout`), refused the connection (`refused`) or reset it (`reset`). Its name was not found (`dns`), its
 * certificate is not trusted (`tls`), the mock must not call it (`blocked`), or the mock was stopped (`interrupted`).
 */
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
/**
 * An attempt ended.
 */
export type AttemptEnded = Stamp & {
  type: 'attempt.ended';
  /**
   * When the next attempt is due; absent when none follows.
   */
  nextAt?: string;
  taskId: TaskId;
  deliveryId: DeliveryId;
  /**
   * Absent for a callback.
   */
  kind?: 'handshake';
  event: string;
  url: string;
  attempt: Attempt;
};
/**
 * Its form depends on the vendor.
 */
export type TaskId = string;
/**
 * Unique within its task.
 */
export type DeliveryId = string;
/**
 * An attempt to deliver a callback began.
 */
export type AttemptStarted = Stamp & {
  type: 'attempt.started';
  taskId: TaskId;
  deliveryId: DeliveryId;
  /**
   * Absent for a callback.
   */
  kind?: 'handshake';
  event: string;
  n: number;
  url: string;
  headers: {
    [k: string]: string;
  };
  /**
   * The body as it was sent.
   */
  body: string;
};
/**
 * Random id of this run of the mock. Entry numbers of another run mean something else.
 */
export type Instance = string;
/**
 * With `real`, time passes as usual. With `virtual`, it only moves on request. With `polls`, each poll of a task moves
 * it to the next step of the task.
 */
export type ClockMode = 'real' | 'virtual' | 'polls';
/**
 * ISO 8601 in UTC, with milliseconds.
 */
export type Time = string;
/**
 * The clock was moved.
 */
export type ClockMoved = Stamp & {
  type: 'clock.moved';
  fromAt: Time;
  toAt: Time;
};
/**
 * `abandoned` after the last retry, or when the mock must not call the URL.
 */
export type DeliveryStatus = 'pending' | 'acknowledged' | 'abandoned';
/**
 * Why it is sent: for the state of the task (`outcome`), again although it was received (`duplicate`), by a command
 * (`redelivered`), with a wrong signature (`forged`), or with a body that cannot be read (`malformed`).
 */
export type DeliveryReason = 'outcome' | 'duplicate' | 'forged' | 'redelivered' | 'malformed';
/**
 * A delivery was requested in addition to those of the plan.
 */
export type DeliveryPromised = Stamp & {
  type: 'delivery.promised';
  taskId: TaskId;
  delivery: PlannedDelivery;
};
/**
 * A delivery was acknowledged or abandoned.
 */
export type DeliverySettled = Stamp & {
  type: 'delivery.settled';
  taskId: TaskId;
  deliveryId: DeliveryId;
  /**
   * Absent for a callback.
   */
  kind?: 'handshake';
  /**
   * The registered endpoint; absent when the request named the URL.
   */
  endpoint?: string;
  event: string;
  status: 'acknowledged' | 'abandoned';
  attempts: number;
};
/**
 * A client registered an endpoint.
 */
export type EndpointCreated = Stamp & {
  type: 'endpoint.created';
  endpointId: string;
  pack: string;
  account: Account;
  /**
   * The body of the request.
   */
  body: {
    [k: string]: unknown;
  };
};
/**
 * An endpoint was deleted.
 */
export type EndpointDeleted = Stamp & {
  type: 'endpoint.deleted';
  endpointId: string;
};
/**
 * An endpoint was disabled, because too many of its deliveries were abandoned.
 */
export type EndpointDisabled = Stamp & {
  type: 'endpoint.disabled';
  endpointId: string;
  /**
   * Number of consecutive abandoned deliveries.
   */
  failures: number;
};
/**
 * A client had a test message sent to an endpoint.
 */
export type EndpointPinged = Stamp & {
  type: 'endpoint.pinged';
  endpointId: string;
  url: string;
  body: string;
  outcome: AttemptOutcome;
  status: number | null;
};
/**
 * An endpoint or its secret was changed.
 */
export type EndpointUpdated = Stamp & {
  type: 'endpoint.updated';
  endpointId: string;
  /**
   * All fields after the change.
   */
  body: {
    [k: string]: unknown;
  };
  status: 'enabled' | 'disabled' | 'failing';
  /**
   * Number of times that its secret was replaced.
   */
  rotation: number;
};
export type MessageProblems = {
  /**
   * JSON Pointer into the message; empty for the whole message.
   */
  at: string;
  message: string;
}[];
/**
 * The journal was cleared. The entry is only in the event stream, because the listing is empty.
 */
export type JournalCleared = Stamp & {
  type: 'journal.cleared';
};
/**
 * An entry of the journal. `type` determines its other keys.
 */
export type JournalEntry =
  | RequestAnswered
  | MediaServed
  | TaskSubmitted
  | TaskChanged
  | TaskAmended
  | TaskExpired
  | TaskForgotten
  | DeliveryPromised
  | AttemptStarted
  | AttemptEnded
  | DeliverySettled
  | EndpointCreated
  | EndpointUpdated
  | EndpointDeleted
  | EndpointDisabled
  | EndpointPinged
  | UploadStored
  | UploadForgotten
  | ScenarioQueued
  | ScenarioTaken
  | ScenarioCleared
  | SinkReceived
  | ClockMoved
  | PackReloaded
  | PackRefused
  | JournalCleared
  | ServerReset;
/**
 * A request to a vendor was answered.
 */
export type RequestAnswered = Stamp & {
  type: 'request.answered';
  /**
   * An operation of a pack; an operation that the vendor has and the pack lists as not mocked; neither of them; or a CORS preflight.
   */
  route: 'operation' | 'not-mocked' | 'unknown' | 'preflight';
  /**
   * Null when nothing indicates the vendor that was meant.
   */
  pack: string | null;
  /**
   * Null when the call does not match any operation.
   */
  operation: string | null;
  does: 'submit' | 'poll' | 'cancel' | 'delete' | 'answer' | 'list' | 'upload' | 'webhook' | null;
  /**
   * The operation that an unknown path resembles, such as `GET /v2/clips/{id}`.
   */
  meant: string | null;
  /**
   * Null without a usable key.
   */
  account: Account | null;
  taskId: TaskId | null;
  method: string;
  url: string;
  /**
   * Headers of the request, with keys masked.
   */
  headers: {
    [k: string]: string | string[];
  };
  /**
   * Body of the request, with keys masked and very long strings truncated.
   */
  requestBody: string;
  /**
   * Null when a scenario reset the connection, or the client closed it before the answer.
   */
  status: number | null;
  answer: string;
  /**
   * Error code of the answer; null when the request was accepted.
   */
  error: string | null;
  /**
   * State in the answer of a poll.
   */
  state: string | null;
  /**
   * Retry-After header of the answer.
   */
  retryAfter: string | null;
  durationMs: number;
};
/**
 * A media file was requested.
 */
export type MediaServed = Stamp & {
  type: 'media.served';
  /**
   * Null when the file does not belong to a task.
   */
  taskId: TaskId | null;
  name: string;
  method: string;
  /**
   * Range header of the request.
   */
  range: string | null;
  /**
   * Whether the request had a key.
   */
  hasKey: boolean;
  /**
   * Null when the mock did not answer.
   */
  status: number | null;
  bytesSent: number;
  bytesTotal: number;
  /**
   * Offset of the bytes in the file.
   */
  start: number;
  /**
   * Size of the whole file; 0 when none was served.
   */
  fileSize: number;
  /**
   * Whether all requested bytes were sent.
   */
  completed: boolean;
  /**
   * Whether the whole file was sent.
   */
  whole: boolean;
  durationMs: number;
};
/**
 * A task was accepted and planned.
 */
export type TaskSubmitted = Stamp & {
  type: 'task.submitted';
  taskId: TaskId;
  plan: Plan;
  /**
   * Source of the task id: a digest of the request and the number of equal requests so far. It is unique until a
   * reset. Missing in journals of older versions.
   *
   */
  seed?: string;
};
/**
 * Number of polls; null for all of them.
 */
export type PollTimes = number | null;
/**
 * A task changed its state.
 */
export type TaskChanged = Stamp & {
  type: 'task.changed';
  taskId: TaskId;
  state: string;
  /**
   * Index of the step in the plan, from 0.
   */
  index: number;
};
/**
 * The plan of a task was replaced, on request or because a slot became free.
 */
export type TaskAmended = Stamp & {
  type: 'task.amended';
  taskId: TaskId;
  plan: Plan;
  reason: string;
};
/**
 * The media of a task expired.
 */
export type TaskExpired = Stamp & {
  type: 'task.expired';
  taskId: TaskId;
};
/**
 * A finished task was removed from memory.
 */
export type TaskForgotten = Stamp & {
  type: 'task.forgotten';
  taskId: TaskId;
};
/**
 * A client uploaded a file, or announced one.
 */
export type UploadStored = Stamp & {
  type: 'upload.stored';
  uploadId: string;
  pack: string;
  account: Account;
  name: string;
  contentType: string;
  /**
   * Size of the file in bytes.
   */
  size: number;
  /**
   * The file in Base64; null when it is larger than 64 KiB or not uploaded yet.
   */
  content: string | null;
  /**
   * The file of the mock that takes its place; null for the client's own.
   */
  file: string | null;
  /**
   * Whether only its name and its type are known.
   */
  isAnnounced: boolean;
  expiresAt: Time;
};
/**
 * An upload expired or was removed to limit memory.
 */
export type UploadForgotten = Stamp & {
  type: 'upload.forgotten';
  uploadId: string;
};
/**
 * A scenario was queued.
 */
export type ScenarioQueued = Stamp & {
  type: 'scenario.queued';
  scenario: string;
  times: number;
  account: Account | null;
};
/**
 * A submission used a queued scenario.
 */
export type ScenarioTaken = Stamp & {
  type: 'scenario.taken';
  scenario: string;
  account: Account;
};
/**
 * Queued scenarios were removed, of one account or (null) of all.
 */
export type ScenarioCleared = Stamp & {
  type: 'scenario.cleared';
  account: Account | null;
};
/**
 * The built-in receiver, `/__sink`, received a request.
 */
export type SinkReceived = Stamp & {
  type: 'sink.received';
  /**
   * Path and query.
   */
  url: string;
  /**
   * Number of requests with the same body and URL so far.
   */
  n: number;
  /**
   * HTTP status of the answer.
   */
  status: 200 | 500;
  body: string;
};
/**
 * A pack was reloaded after an edit.
 */
export type PackReloaded = Stamp & {
  type: 'pack.reloaded';
  pack: string;
  profile: string;
};
/**
 * An edit of a pack is invalid, so its previous version remains in use.
 */
export type PackRefused = Stamp & {
  type: 'pack.refused';
  pack: string;
  /**
   * Every mistake with its file and line.
   */
  problem: string;
};
/**
 * The mock was reset. This is the first entry after it.
 */
export type ServerReset = Stamp & {
  type: 'server.reset';
};
/**
 * `success`, `canceled`, or `fail.` and the slug of a failure.
 */
export type OutcomeName = string;

/**
 * One POST of a delivery, and its result.
 */
export interface Attempt {
  n: number;
  /**
   * When it was sent, service time.
   */
  at: string;
  /**
   * When it was sent, wall time.
   */
  wallAt: string;
  outcome: AttemptOutcome;
  /**
   * HTTP status of the receiver; null without an answer.
   */
  status: number | null;
  firstByteMs: number | null;
  durationMs: number;
  /**
   * Start of the receiver's answer.
   */
  answer: string;
  /**
   * Cause of a failure; null after a success.
   */
  detail: string | null;
  /**
   * Number of the attempt that it repeats, because the mock or its replica ended before the receiver answered. The
   * receiver may have processed both. Absent from all other attempts.
   *
   */
  repeats?: number;
}
/**
 * Keys of every journal entry.
 */
export interface Stamp {
  /**
   * Number of the entry, from 1; never reused, not even after a reset.
   */
  seq: number;
  /**
   * Service time.
   */
  at: string;
  /**
   * Time of the machine.
   */
  wallAt: string;
}
export interface CanceledOutcome {
  type: 'canceled';
}
export interface Clock {
  instance: Instance;
  mode: ClockMode;
  /**
   * How much faster than the vendor's its tasks and retries are.
   */
  speed: number;
  /**
   * Service time.
   */
  now: string;
  /**
   * Time of the machine.
   */
  wallNow: string;
  /**
   * Time of the next due event; null when nothing is due.
   */
  nextAt: Time | null;
  /**
   * The next due event; null when nothing is due.
   */
  next: NextEvent | null;
}
export interface NextEvent {
  at: Time;
  /**
   * What happens, such as `attempt 2 of d1`, `state done` or `media expiry`.
   */
  what: string;
  taskId: TaskId;
}
/**
 * One event sent to one URL, with every attempt.
 */
export interface Delivery {
  id: DeliveryId;
  /**
   * A handshake checks the receiver before the first callback to a URL.
   */
  kind: 'callback' | 'handshake';
  /**
   * The registered endpoint that it goes to; null when the request named the URL.
   */
  endpointId: string | null;
  event: string;
  url: string;
  status: DeliveryStatus;
  why: DeliveryReason;
  /**
   * ISO 8601 in UTC, with milliseconds.
   */
  dueAt: string;
  /**
   * When the next attempt is due; null when it is settled, in flight, or waits for another delivery.
   */
  nextAttemptAt: Time | null;
  /**
   * The attempt in flight; null without one.
   */
  inFlight: {
    n: number;
    /**
     * ISO 8601 in UTC, with milliseconds.
     */
    at: string;
    /**
     * ISO 8601 in UTC, with milliseconds.
     */
    wallAt: string;
  } | null;
  attempts: Attempt[];
}
export interface PlannedDelivery {
  id: DeliveryId;
  event: string;
  /**
   * The state whose body is sent.
   */
  state: string;
  url: string;
  dueAt: Time;
  /**
   * Delivery of the same task that must be settled before this one; null for none.
   */
  after: DeliveryId | null;
  /**
   * Fault of this delivery.
   */
  flaw: null | 'lost-ack' | 'malformed' | 'truncated' | 'forged';
  /**
   * Replaces the number of retries of the pack.
   */
  retries: number | null;
  /**
   * Absent for a callback.
   */
  kind?: 'handshake';
  /**
   * The registered endpoint; absent when the request named the URL.
   */
  endpoint?: string;
}
/**
 * How an event is delivered here, with the settings and the speed of the mock.
 */
export interface DeliveryRules {
  event: string;
  /**
   * Time that a receiver has to answer, wall time.
   */
  timeoutMs: number;
  /**
   * Number of attempts in all.
   */
  attempts: number;
  /**
   * The number of attempts for callbacks about these states.
   */
  attemptsFor: {
    [k: string]: number;
  };
  /**
   * Time from one attempt to the next, service time; the last one is repeated.
   */
  delaysMs: number[];
  /**
   * The largest share by which a delay is longer or shorter.
   */
  delayJitter: number;
}
export interface EntryChecks {
  /**
   * Number of the journal entry.
   */
  seq: number;
  request: MessageProblems;
  answer: MessageProblems;
  callback: MessageProblems;
}
export interface FailureOutcome {
  type: 'failure';
  /**
   * Slug of a failure of the pack.
   */
  slug: string;
}
/**
 * The first event of a stream.
 */
export interface Hello {
  instance: Instance;
  /**
   * The entry after which the stream begins.
   */
  seq: number;
  /**
   * Whether entries after that one are no longer in memory.
   */
  missed: boolean;
}
/**
 * Everything that will happen to a task, fixed when it is submitted.
 */
export interface Plan {
  taskId: TaskId;
  pack: string;
  operation: string;
  kind: string;
  account: Account;
  scenario: Scenario;
  /**
   * Origin of its media URLs.
   */
  origin: string;
  /**
   * Body of the submission, unchanged.
   */
  request: {
    [k: string]: unknown;
  };
  /**
   * The same body as text, when it has numbers that JSON would print differently, such as `1.0`; otherwise null.
   */
  requestText: string | null;
  /**
   * Path parameters of the submission; null without any.
   */
  pathParams: {
    [k: string]: string;
  } | null;
  parentId: TaskId | null;
  submittedAt: Time;
  /**
   * ISO 8601 in UTC, with milliseconds.
   */
  visibleAt: string;
  /**
   * @minItems 1
   */
  steps: [Step, ...Step[]];
  outcome: SuccessOutcome | FailureOutcome | CanceledOutcome;
  /**
   * The time during which the task occupies a slot of its account; null when it never does.
   */
  slot: Slot | null;
  /**
   * State of a success whose callback was abandoned; null when the state does not change.
   */
  abandonedState: string | null;
  /**
   * Time at which the media expires; null without media.
   */
  mediaExpiresAt: Time | null;
  callbacks: PlannedDelivery[];
  /**
   * Events and URLs of a request that names URLs outside its body; absent otherwise.
   */
  targets?: {
    event: string;
    url: string;
  }[];
  /**
   * Ids that its client chose for it; absent without any.
   */
  aliases?: string[];
}
/**
 * The faults of a task.
 */
export interface Scenario {
  /**
   * Name as requested.
   */
  name: string;
  /**
   * Slug of the failure that the task ends with.
   */
  failure: string | null;
  submit: SubmitCode | SubmitTrouble | null;
  polls: (PollCode | PollTrouble)[];
  /**
   * Whether polls initially do not find the task.
   */
  hidden: boolean;
  callback:
    | null
    | 'never'
    | 'late'
    | 'duplicate'
    | 'concurrent-duplicate'
    | 'before-response'
    | 'lost-ack'
    | 'malformed'
    | 'truncated'
    | 'forged';
  media: null | 'dribble' | 'hang' | '503' | 'truncated' | 'expired';
  /**
   * Unusual sequence of states.
   */
  course: null | 'long' | 'back-and-forth' | 'unknown' | 'unready';
}
export interface SubmitCode {
  type: 'code';
  code: string;
}
export interface SubmitTrouble {
  type: 'reset' | 'slow';
}
export interface PollCode {
  type: 'code';
  code: string;
  times: PollTimes;
}
export interface PollTrouble {
  type: 'reset' | 'truncated';
  times: PollTimes;
}
export interface Step {
  state: string;
  at: Time;
}
export interface SuccessOutcome {
  type: 'success';
}
export interface Slot {
  readyAt: Time;
  fromAt: Time;
  untilAt: Time;
}
export interface MediaFile {
  /**
   * Name of the file.
   */
  name: string;
  /**
   * The status of the answer to a download.
   */
  status: 200 | 404 | 410;
  /**
   * Null when it is not served.
   */
  contentType: string | null;
}
export interface OperationFacts {
  id: string;
  does: 'submit' | 'poll' | 'cancel' | 'delete' | 'answer' | 'list' | 'upload' | 'webhook';
  method: string;
  /**
   * The OpenAPI path, `{params}` included.
   */
  path: string;
  summary: string;
  /**
   * The schema of its JSON body.
   */
  request: {
    [k: string]: unknown;
  } | null;
  /**
   * An example of its body.
   */
  example: {
    [k: string]: unknown;
  };
  /**
   * Headers that every call requires.
   */
  headers: {
    [k: string]: string;
  };
  /**
   * JSON Pointer to the prompt in the body.
   */
  promptAt: string | null;
  /**
   * JSON Pointer to the callback URL.
   */
  callbackUrlAt: string | null;
  /**
   * Query parameter with the callback URL.
   */
  callbackUrlIn: string | null;
}
export interface PackFacts {
  name: string;
  title: string;
  profile: string;
  /**
   * Where requests have their key; empty without one.
   */
  key: string;
  /**
   * Prefixes at which the paths of its operations are served, preferred ones first; that of the root is empty.
   *
   * @minItems 1
   */
  bases: [string, ...string[]];
  operations: OperationFacts[];
  events: string[];
  delivery: DeliveryRules[];
  scenarios: {
    name: string;
    summary: string;
    /**
     * The class of the failure, such as `moderation`; null for other scenarios and for failures without a class.
     */
    failureClass: string | null;
  }[];
}
export interface QueuedScenario {
  scenario: string;
  /**
   * Number of submissions that can still use it.
   */
  times: number;
  /**
   * Account whose submissions use it; null for any account.
   */
  account: Account | null;
}
export interface Snapshot {
  instance: Instance;
  /**
   * The entry that the tasks include at least.
   */
  seq: number;
  /**
   * ISO 8601 in UTC, with milliseconds.
   */
  now: string;
  /**
   * Number of all tasks.
   */
  total: number;
  /**
   * The latest 100 refused calls in the journal, oldest first.
   */
  refusals: RequestAnswered[];
  tasks: TaskSummary[];
}
/**
 * The course and the deliveries of a task, without its request.
 */
export interface TaskSummary {
  id: TaskId;
  /**
   * Ids that its client chose for it.
   */
  aliases: string[];
  /**
   * Name of the pack.
   */
  pack: string;
  /**
   * Kind of task as named by the pack.
   */
  kind: string;
  account: Account;
  scenario: string;
  /**
   * The beginning of its prompt; empty without one.
   */
  prompt: string;
  submittedAt: Time;
  /**
   * All states of its plan.
   *
   * @minItems 1
   */
  steps: [Step, ...Step[]];
  /**
   * Number of states so far.
   */
  reached: number;
  /**
   * The outcome that is planned.
   */
  outcome: string;
  mediaExpiresAt: Time | null;
  deliveries: Delivery[];
  downloads: {
    at: Time;
    /**
     * Name of the media file.
     */
    name: string;
    /**
     * HTTP status; null without an answer.
     */
    status: number | null;
  }[];
}
export interface Task {
  id: TaskId;
  /**
   * Ids that its client chose for it.
   */
  aliases: string[];
  /**
   * Name of the pack.
   */
  pack: string;
  /**
   * Kind of task as named by the pack.
   */
  kind: string;
  /**
   * The operation that submitted it.
   */
  operation: string;
  account: Account;
  /**
   * Current state as named by the vendor.
   */
  state: string;
  /**
   * Scenario that was chosen for it.
   */
  scenario: string;
  /**
   * Task that it continues; null for all others.
   */
  parentId: TaskId | null;
  submittedAt: Time;
  /**
   * States so far.
   *
   * @minItems 1
   */
  timeline: [Step, ...Step[]];
  /**
   * Null until the task has ended.
   */
  outcome: OutcomeName | null;
  /**
   * Whether the media has expired.
   */
  expired: boolean;
  deliveries: Delivery[];
  plan: Plan;
}

/**
 * Milliseconds; negative when a clock was set back.
 */
export type DurationMs = number;
export type Count = number;
export type Level = 'must' | 'should' | 'info';
/**
 * non-strict: allowed, but not what the vendor requests. not-observable: a channel is missing. not-applicable: the precondition is missing.
 */
export type Status = 'passed' | 'failed' | 'non-strict' | 'not-observable' | 'not-applicable';

/**
 * Report that "stuntdouble verify receiver|client --report json=FILE" writes.
 */
export interface SuiteReport {
  /**
   * Format of the report; changes only when programs that read it must change.
   */
  format: 'stuntdouble.report/1';
  suite: 'receiver' | 'client';
  /**
   * Version of stuntdouble.
   */
  version: string;
  /**
   * URL of the receiver, or command of the client.
   */
  target: string;
  pack: string;
  profile: string;
  /**
   * The event that was sent; null for clients.
   */
  event: string | null;
  seed: string;
  startedAt: string;
  durationMs: DurationMs;
  /**
   * Whether each channel in addition to answers was observable, by name of the channel.
   */
  channels: {
    [k: string]: boolean;
  };
  /**
   * Human-readable settings that verdicts depend on.
   */
  settings: {
    [k: string]: string;
  };
  /**
   * Remarks that are not verdicts.
   */
  notes: string[];
  /**
   * Findings about the whole run, to be read before any case.
   */
  headlines: {
    text: string;
    remedy: string;
  }[];
  /**
   * Reason why the run is inconclusive (exit code 3); null otherwise.
   */
  inconclusive: string | null;
  summary: {
    passed: Count;
    failed: Count;
    nonStrict: Count;
    notObservable: Count;
    notApplicable: Count;
    /**
     * Cases with at least one judged aspect.
     */
    judged: number;
    mustFailed: Count;
    shouldFailed: Count;
  };
  cases: Case[];
}
export interface Case {
  /**
   * Stable id that is never reused for another case.
   */
  id: string;
  group: string;
  title: string;
  level: Level;
  /**
   * The worst of its verdicts.
   */
  status: 'passed' | 'failed' | 'non-strict' | 'not-observable' | 'not-applicable';
  requirement: string;
  /**
   * Requests and actions of the case; empty without any.
   */
  stimulus: string;
  /**
   * Verdict of each aspect: ack and effect for a receiver; behavior, or the name of a stimulus, for a client.
   */
  verdicts: {
    [k: string]: Verdict;
  };
  timeline: Entry[];
  /**
   * Effect in production when the requirement is not met.
   */
  why: string;
  /**
   * How to fix it.
   */
  remedy: string;
  /**
   * How to fix it, where the fix of a wrong answer differs from that of a wrong effect.
   */
  remedies?: {
    ack: string;
    effect: string;
  };
  sources: {
    /**
     * Null for a conclusion that applies to every vendor.
     */
    pack: string | null;
    /**
     * Null where no page states it.
     */
    page: string | null;
    /**
     * Heading on that page.
     */
    heading: string | null;
    grade: 'documented' | 'observed' | 'assumed' | 'derived';
    fact: string;
  }[];
  /**
   * The command that runs this case alone.
   */
  replay: string;
  durationMs: DurationMs;
}
export interface Verdict {
  status: Status;
  expected: string;
  /**
   * Actual behavior, or how to provide a missing channel or precondition.
   */
  actual: string;
  /**
   * Level of this verdict, when it differs from that of its case.
   */
  level?: 'must' | 'should' | 'info';
  /**
   * Status and start of the body of the answer that the verdict is about, unless the status is 200.
   */
  answer?: string;
}
export interface Entry {
  /**
   * Milliseconds; negative when a clock was set back.
   */
  atMs: number;
  /**
   * Milliseconds; negative when a clock was set back.
   */
  durationMs: number;
  kind: 'attempt' | 'download' | 'call' | 'probe' | 'note';
  text: string;
  isBad: boolean;
  /**
   * Answer to an attempt that was not acknowledged.
   */
  answer?: string;
}

/** The names of the events on the stream. An EventSource receives only events with a listener for their name. */
export const ENTRY_TYPES: readonly JournalEntry['type'][] = [
  'request.answered',
  'media.served',
  'task.submitted',
  'task.changed',
  'task.amended',
  'task.expired',
  'task.forgotten',
  'delivery.promised',
  'attempt.started',
  'attempt.ended',
  'delivery.settled',
  'endpoint.created',
  'endpoint.updated',
  'endpoint.deleted',
  'endpoint.disabled',
  'endpoint.pinged',
  'upload.stored',
  'upload.forgotten',
  'scenario.queued',
  'scenario.taken',
  'scenario.cleared',
  'sink.received',
  'clock.moved',
  'pack.reloaded',
  'pack.refused',
  'journal.cleared',
  'server.reset',
];
