import type { Account, Attempt, DeliveryId, DeliveryStatus, PlannedDelivery, TaskId } from '../core/types.ts';
import type { PackedPlan } from './packed-plan.ts';

export interface RequestAnswered {
  readonly type: 'request.answered';
  /**
   * An operation of a pack; an operation that the vendor has and the pack only lists as not mocked; neither; or
   * what a browser asks before a page of another origin may call (a CORS preflight).
   */
  readonly route: 'operation' | 'not-mocked' | 'unknown' | 'preflight';
  /** Null when it is no operation, and nothing tells which vendor it was meant for. */
  readonly pack: string | null;
  /** Null for a path or method that is no operation. */
  readonly operation: string | null;
  readonly does: 'submit' | 'poll' | 'cancel' | 'delete' | 'answer' | 'list' | null;
  /** The operation that an unknown path comes near to, like `GET /v2/clips/{id}`; null when there is none. */
  readonly meant: string | null;
  /** Null when the request carried no usable key. */
  readonly account: Account | null;
  readonly taskId: TaskId | null;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestBody: string;
  /** Null when there was no answer: the connection was broken on purpose, or the client had gone. */
  readonly status: number | null;
  readonly answer: string;
  /** The code it was refused with, wherever that stood in the answer; null when it was not refused. */
  readonly error: string | null;
  /** The state that the answer of a poll shows; null when it shows none. */
  readonly state: string | null;
  /** The Retry-After header of the answer. */
  readonly retryAfter: string | null;
  readonly durationMs: number;
}

export interface MediaServed {
  readonly type: 'media.served';
  readonly taskId: TaskId | null;
  readonly name: string;
  readonly method: string;
  readonly range: string | null;
  /** Whether an Authorization header came along, which a media host has no use for. */
  readonly hasKey: boolean;
  readonly status: number | null;
  readonly bytesSent: number;
  readonly bytesTotal: number;
  /** Where in the file the bytes begin: 0 unless a range was served. */
  readonly start: number;
  /** Size of the whole file in bytes; 0 when none was served. */
  readonly fileSize: number;
  /** Whether every byte that was asked for went out. */
  readonly completed: boolean;
  /** Whether that was the whole file. */
  readonly whole: boolean;
  readonly durationMs: number;
}

/** Everything that can happen. `…At` are times, `…Ms` durations. */
export type JournalEvent =
  | RequestAnswered
  | MediaServed
  | {
      readonly type: 'task.submitted';
      readonly taskId: TaskId;
      readonly packed: PackedPlan;
      /** What its id was made from, which no other task has; journals of older versions lack it. */
      readonly seed?: string;
    }
  | { readonly type: 'task.changed'; readonly taskId: TaskId; readonly state: string; readonly index: number }
  | {
      readonly type: 'task.amended';
      readonly taskId: TaskId;
      readonly packed: PackedPlan;
      readonly reason: string;
    }
  | { readonly type: 'task.expired'; readonly taskId: TaskId }
  /** A finished task was let go to keep the memory bounded. */
  | { readonly type: 'task.forgotten'; readonly taskId: TaskId }
  | { readonly type: 'delivery.promised'; readonly taskId: TaskId; readonly delivery: PlannedDelivery }
  | {
      readonly type: 'attempt.started';
      readonly taskId: TaskId;
      readonly deliveryId: DeliveryId;
      readonly event: string;
      readonly n: number;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | {
      readonly type: 'attempt.ended';
      readonly taskId: TaskId;
      readonly deliveryId: DeliveryId;
      readonly event: string;
      readonly url: string;
      readonly attempt: Attempt;
    }
  | {
      readonly type: 'delivery.settled';
      readonly taskId: TaskId;
      readonly deliveryId: DeliveryId;
      readonly event: string;
      readonly status: Exclude<DeliveryStatus, 'pending'>;
      readonly attempts: number;
    }
  | {
      readonly type: 'scenario.queued';
      readonly scenario: string;
      readonly times: number;
      readonly account: Account | null;
    }
  | { readonly type: 'scenario.taken'; readonly scenario: string; readonly account: Account }
  | { readonly type: 'scenario.cleared'; readonly account: Account | null }
  | { readonly type: 'clock.moved'; readonly fromAt: number; readonly toAt: number }
  | {
      /** A POST to the built-in receiver; `n` counts those with the same bytes. */
      readonly type: 'sink.received';
      readonly url: string;
      readonly n: number;
      readonly status: number;
      readonly body: string;
    }
  /** A pack's files were edited, and it is played as they are now … */
  | { readonly type: 'pack.reloaded'; readonly pack: string; readonly profile: string }
  /** … or as it was, because of what the edit broke. */
  | { readonly type: 'pack.refused'; readonly pack: string; readonly problem: string }
  | { readonly type: 'server.reset' };

export interface Stamp {
  /** Counts up from 1 and is never used twice, not even after a reset. */
  readonly seq: number;
  readonly at: number;
  readonly wallAt: number;
}

export type JournalRecord = Stamp & JournalEvent;

export type JournalType = JournalEvent['type'];

/** Every type there is; as a record, so that the compiler misses one that is not here. */
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
  'scenario.queued': true,
  'scenario.taken': true,
  'scenario.cleared': true,
  'sink.received': true,
  'clock.moved': true,
  'pack.reloaded': true,
  'pack.refused': true,
  'server.reset': true,
};
