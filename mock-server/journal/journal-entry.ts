import type {
  Account,
  Attempt,
  AttemptOutcome,
  DeliveryId,
  DeliveryStatus,
  JsonObject,
  PlannedDelivery,
  TaskId,
} from '../core/types.ts';
import type { PackedPlan } from './packed-plan.ts';

export interface RequestAnswered {
  readonly type: 'request.answered';
  /**
   * What the request addressed: an operation of a pack, an operation that the pack lists as not mocked, neither of
   * these, or a CORS preflight.
   */
  readonly route: 'operation' | 'not-mocked' | 'unknown' | 'preflight';
  /** Null when no operation matches and the vendor cannot be determined. */
  readonly pack: string | null;
  /** Null when no operation matches the path and method. */
  readonly operation: string | null;
  readonly does: 'submit' | 'poll' | 'cancel' | 'delete' | 'answer' | 'list' | 'upload' | 'webhook' | null;
  /** The operation that an unknown path resembles, such as `GET /v2/clips/{id}`; null if it resembles none. */
  readonly meant: string | null;
  /** Null when the request had no usable key. */
  readonly account: Account | null;
  readonly taskId: TaskId | null;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestBody: string;
  /** Null without a response: a fault broke the connection, or the client disconnected. */
  readonly status: number | null;
  readonly answer: string;
  /** The error code of a rejection, from any part of the response; null when the request was not rejected. */
  readonly error: string | null;
  /** The task state in the response of a poll; null if it has none. */
  readonly state: string | null;
  /** The Retry-After header of the response. */
  readonly retryAfter: string | null;
  readonly durationMs: number;
}

export interface MediaServed {
  readonly type: 'media.served';
  readonly taskId: TaskId | null;
  readonly name: string;
  readonly method: string;
  readonly range: string | null;
  /** Whether the request had an Authorization header, which a media host does not need. */
  readonly hasKey: boolean;
  readonly status: number | null;
  readonly bytesSent: number;
  readonly bytesTotal: number;
  /** The offset of the first served byte: 0 unless a range was served. */
  readonly start: number;
  /** The size of the whole file in bytes; 0 when no file was served. */
  readonly fileSize: number;
  /** Whether all requested bytes were sent. */
  readonly completed: boolean;
  /** Whether the whole file was sent. */
  readonly whole: boolean;
  readonly durationMs: number;
}

/** A POST to the built-in receiver; `n` counts the POSTs with the same bytes. */
interface SinkReceived {
  readonly type: 'sink.received';
  readonly url: string;
  readonly n: number;
  readonly status: number;
  readonly body: string;
}

/**
 * What the mock observed. Observations do not change state, except for the counters that a fold declares: the polls of
 * a task, its downloads, the packs that a key called, and the metrics.
 */
export type ObservedEvent =
  | RequestAnswered
  | MediaServed
  | SinkReceived
  /** A client had a test message sent to an endpoint. */
  | {
      readonly type: 'endpoint.pinged';
      readonly endpointId: string;
      readonly url: string;
      readonly body: string;
      readonly outcome: AttemptOutcome;
      readonly status: number | null;
    }
  /** A pack's files were edited, and the new version is served. */
  | { readonly type: 'pack.reloaded'; readonly pack: string; readonly profile: string }
  /** A pack's files were edited, but the new version was rejected and the previous one is still served. */
  | { readonly type: 'pack.refused'; readonly pack: string; readonly problem: string };

interface Submitted {
  readonly type: 'task.submitted';
  readonly taskId: TaskId;
  readonly packed: PackedPlan;
  /** The seed of the task id, unique per task. Journals of older versions do not have it. */
  readonly seed?: string;
}

interface Amended {
  readonly type: 'task.amended';
  readonly taskId: TaskId;
  readonly packed: PackedPlan;
  readonly reason: string;
}

/** What changes state. These events must not be lost, and are applied in order. */
export type StateEvent =
  | Submitted
  | { readonly type: 'task.changed'; readonly taskId: TaskId; readonly state: string; readonly index: number }
  | Amended
  | { readonly type: 'task.expired'; readonly taskId: TaskId }
  /** A finished task was evicted to limit memory. */
  | { readonly type: 'task.forgotten'; readonly taskId: TaskId }
  | { readonly type: 'delivery.promised'; readonly taskId: TaskId; readonly delivery: PlannedDelivery }
  | AttemptEvent
  | EndpointEvent
  | UploadEvent
  | {
      readonly type: 'scenario.queued';
      readonly scenario: string;
      readonly times: number;
      readonly account: Account | null;
    }
  | { readonly type: 'scenario.taken'; readonly scenario: string; readonly account: Account }
  | { readonly type: 'scenario.cleared'; readonly account: Account | null }
  | { readonly type: 'clock.moved'; readonly fromAt: number; readonly toAt: number }
  /** Earlier entries are no longer listed; tasks and counters stay. */
  | { readonly type: 'journal.cleared' }
  | { readonly type: 'server.reset' };

interface OfDelivery {
  readonly taskId: TaskId;
  readonly deliveryId: DeliveryId;
  readonly event: string;
  /** See `PlannedDelivery.kind`. */
  readonly kind?: PlannedDelivery['kind'];
  /** See `PlannedDelivery.endpoint`. */
  readonly endpoint?: string;
}

interface OfEndpoint {
  readonly endpointId: string;
}

/** The fields of an endpoint that an update can change. */
interface EndpointFields {
  readonly body: JsonObject;
  readonly status: 'enabled' | 'disabled' | 'failing';
  /** How often its secret was replaced. */
  readonly rotation: number;
}

/** Endpoints that clients register, and that receive the events of all their tasks. */
type EndpointEvent =
  | (OfEndpoint & {
      readonly type: 'endpoint.created';
      readonly pack: string;
      readonly account: Account;
      readonly body: JsonObject;
    })
  | (OfEndpoint & EndpointFields & { readonly type: 'endpoint.updated' })
  | (OfEndpoint & { readonly type: 'endpoint.deleted' })
  /** Too many of its deliveries were abandoned. */
  | (OfEndpoint & { readonly type: 'endpoint.disabled'; readonly failures: number });

/** Files that clients upload. */
type UploadEvent =
  | {
      readonly type: 'upload.stored';
      readonly uploadId: string;
      readonly pack: string;
      readonly account: Account;
      readonly name: string;
      readonly contentType: string;
      readonly size: number;
      /** The file in Base64; null when it is too large for the journal, or not uploaded yet. */
      readonly content: string | null;
      /** The file of the media host that takes its place; null for the client's own. */
      readonly file: string | null;
      /** Whether only its name and its type are known. */
      readonly isAnnounced: boolean;
      readonly expiresAt: number;
    }
  /** It has expired, or was evicted to limit memory. */
  | { readonly type: 'upload.forgotten'; readonly uploadId: string };

type AttemptEvent =
  | (OfDelivery & {
      readonly type: 'attempt.started';
      readonly n: number;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    })
  | (OfDelivery & {
      readonly type: 'attempt.ended';
      readonly url: string;
      readonly attempt: Attempt;
      /** When the next attempt is due; absent when none follows. */
      readonly nextAt?: number;
    })
  | (OfDelivery & {
      readonly type: 'delivery.settled';
      readonly status: Exclude<DeliveryStatus, 'pending'>;
      readonly attempts: number;
    });

/** The events of the journal. `…At` are times, `…Ms` are durations. */
export type JournalEvent = StateEvent | ObservedEvent;

export interface Stamp {
  /** Starts at 1, increases by 1 and is never reused, even after a reset. */
  readonly seq: number;
  readonly at: number;
  readonly wallAt: number;
}

export type PackedEntry = Stamp & JournalEvent;

export type JournalType = JournalEvent['type'];

/** All entry types. A record, so that the compiler reports missing ones. */
export const JOURNAL_TYPES: Readonly<Record<JournalType, true>> = {
  'request.answered': true,
  'media.served': true,
  'task.submitted': true,
  'task.changed': true,
  'task.amended': true,
  'task.expired': true,
  'task.forgotten': true,
  'delivery.promised': true,
  'attempt.started': true,
  'attempt.ended': true,
  'delivery.settled': true,
  'endpoint.created': true,
  'endpoint.updated': true,
  'endpoint.deleted': true,
  'endpoint.disabled': true,
  'endpoint.pinged': true,
  'upload.stored': true,
  'upload.forgotten': true,
  'scenario.queued': true,
  'scenario.taken': true,
  'scenario.cleared': true,
  'sink.received': true,
  'clock.moved': true,
  'pack.reloaded': true,
  'pack.refused': true,
  'journal.cleared': true,
  'server.reset': true,
};

const OBSERVED: Readonly<Record<ObservedEvent['type'], true>> = {
  'request.answered': true,
  'media.served': true,
  'sink.received': true,
  'endpoint.pinged': true,
  'pack.reloaded': true,
  'pack.refused': true,
};

/** The types of observations. They may be dropped while the disk is full; all other entries must not be lost. */
export const OBSERVATIONS: ReadonlySet<JournalType> = new Set(
  Object.keys(OBSERVED) as ObservedEvent['type'][],
);
