import type { Account, DeliveryId, JsonObject, PathParams, Scenario, TaskId } from '../core/types.ts';
import type { ClockMove } from '../delivery/clock.ts';
import type { AttemptResult, OutgoingCallback } from '../delivery/post-callback.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import type { GivenParts } from '../packs/written-parts.ts';
import type { QueuedScenario } from '../scenarios/scenario-queue.ts';
import type { CancelResult } from './amendments.ts';
import type { PollResult } from './answers.ts';
import type { RepeatedCall } from './derived-tasks.ts';
import type { Endpoint } from './endpoint-fold.ts';
import type { RedeliverOptions } from './redelivery.ts';
import type { SubmitResult } from './submissions.ts';
import type { Upload } from './upload-fold.ts';
import type { StoredUpload } from './uploads.ts';

/** A submission. The task is planned when the command is applied. */
export interface SubmitCommand {
  readonly type: 'submit';
  readonly pack: string;
  readonly operation: string;
  readonly account: Account;
  readonly request: JsonObject;
  readonly bodyText: string;
  readonly hasOddNumbers?: boolean;
  readonly pathParams: PathParams | null;
  /** The parts of the request that the pack may read. */
  readonly parts: GivenParts;
  /** Whether a client has called, who gets an answer; a user creates a task otherwise. */
  readonly isCall: boolean;
  /** The scenario that is asked for outside of the request; null to use that of the prompt, a queued one, or the default. */
  readonly scenario: string | null;
  readonly origin: string;
  /** Whether the task reaches its end at once. */
  readonly instant?: boolean;
}

/** A call of an operation about one task. */
interface TaskCall {
  readonly pack: string;
  readonly operation: string;
  readonly taskId: string;
  readonly account: Account;
  readonly parts: GivenParts;
}

/** A change of a registered endpoint. */
export interface EndpointCommand {
  readonly type: 'endpoint';
  readonly action: 'create' | 'update' | 'rotate' | 'delete';
  readonly pack: string;
  readonly account: Account;
  /** Empty for a new one. */
  readonly endpointId: string;
  /** The fields of the request. */
  readonly body: JsonObject;
}

/** The endpoint after the change, or as it was when it was deleted; `full` when the account may have no more. */
export type EndpointOutcome =
  | { readonly type: 'done'; readonly endpoint: Endpoint }
  | { readonly type: 'unknown' }
  | { readonly type: 'full' };

/** Bytes of a file, as this process has them or in Base64. */
export type GivenContent =
  | StoredUpload['content']
  | { readonly type: 'base64'; readonly text: string; readonly name: string; readonly contentType: string };

/** An upload of a file. */
export interface UploadCommand {
  readonly type: 'upload';
  readonly pack: string;
  readonly account: Account;
  /** The announced upload that the file belongs to; null for a new one. */
  readonly uploadId: string | null;
  /** Whether anybody may send the file of an announced upload. */
  readonly isPublic: boolean;
  readonly content: GivenContent;
}

export type UploadOutcome =
  | { readonly type: 'stored'; readonly upload: Upload }
  | { readonly type: 'unknown' }
  | { readonly type: 'too-large' };

/** One attempt of a delivery. */
export interface AttemptKey {
  readonly taskId: TaskId;
  readonly deliveryId: DeliveryId;
  readonly n: number;
}

/** A change that a request asks for. */
export type ClientCommand =
  | SubmitCommand
  | ({ readonly type: 'cancel' } & TaskCall)
  | ({ readonly type: 'delete' } & TaskCall)
  /** A poll that changes state: each moves the clock, or counts toward the faults of its task. */
  | ({ readonly type: 'poll' } & TaskCall)
  /** A download that counts toward the faults of its task. */
  | { readonly type: 'download'; readonly taskId: string; readonly name: string }
  | EndpointCommand
  | UploadCommand
  | { readonly type: 'withdraw'; readonly taskId: string }
  | { readonly type: 'amend'; readonly taskId: string; readonly outcome: string }
  | { readonly type: 'redeliver'; readonly taskId: string; readonly options?: RedeliverOptions }
  | ({ readonly type: 'enqueue' } & QueuedScenario)
  | { readonly type: 'clear-scenarios'; readonly account: Account | null }
  | { readonly type: 'clear-journal' }
  | { readonly type: 'reset' };

/** A change that a replica asks for. */
type ReplicaCommand =
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** A replica begins to move the clock, which is stopped until the move ends. Refused during another move. */
  | { readonly type: 'begin-move'; readonly move: string; readonly by: string }
  /** The clock moves to a due moment. */
  | { readonly type: 'move'; readonly move: string; readonly to: number }
  /** @param to the end of the move; null when it failed */
  | { readonly type: 'end-move'; readonly move: string; readonly to: number | null }
  /** @param token identifies the run that wants to make the attempt */
  | ({ readonly type: 'begin-attempt'; readonly by: string; readonly token: string } & AttemptKey)
  /** @param token null to end an attempt whose replica no longer exists */
  | ({
      readonly type: 'end-attempt';
      readonly token: string | null;
      readonly result: AttemptResult | null;
    } & AttemptKey)
  /** Asks the named replicas to acknowledge that they have applied everything before it. */
  | { readonly type: 'barrier'; readonly id: string; readonly replicas: readonly string[] }
  | { readonly type: 'acknowledge'; readonly barrier: string; readonly by: string };

/**
 * A change of the engine's state: plain JSON. The same commands, applied in the same order at the same times, give the
 * same journal entries, in one process or in several.
 */
export type Command = ClientCommand | ReplicaCommand;

export type CommandOf<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** The submission of a task; `faulted` when its scenario refuses it with a code. */
export type SubmitOutcome =
  | ({ readonly type: 'repeated' } & RepeatedCall)
  | (SubmitResult & { readonly scenario: Scenario })
  | { readonly type: 'faulted'; readonly scenario: Scenario; readonly code: string };

/** The result of each command. */
export interface Outcomes {
  readonly submit: SubmitOutcome;
  readonly cancel: CancelResult;
  readonly delete: CancelResult;
  readonly poll: PollResult;
  /** The number of earlier downloads of the file. */
  readonly download: number;
  readonly endpoint: EndpointOutcome;
  readonly upload: UploadOutcome;
  readonly withdraw: undefined;
  readonly amend: TaskRecord;
  readonly redeliver: TaskRecord;
  readonly enqueue: QueuedScenario;
  readonly 'clear-scenarios': undefined;
  readonly 'clear-journal': undefined;
  readonly reset: undefined;
  readonly tick: undefined;
  /** The time at which the move begins; null during another move. */
  readonly 'begin-move': number | null;
  readonly move: undefined;
  readonly 'end-move': ClockMove | null;
  /** What to send; null when the attempt has begun elsewhere or is no longer wanted. */
  readonly 'begin-attempt': OutgoingCallback | null;
  readonly 'end-attempt': undefined;
  readonly barrier: undefined;
  readonly acknowledge: undefined;
}

/** Applies commands: at once in a single process, or when it is their turn among the commands of all replicas. */
export interface Commands {
  /** Whether other replicas can change the same state. */
  readonly isShared: boolean;
  /**
   * Makes a change. With other replicas, the promise resolves when the change is applied here.
   * @throws {CodedError} as the change does; STORE_UNREACHABLE
   */
  run<Wanted extends ClientCommand>(
    command: Wanted,
  ): Outcomes[Wanted['type']] | Promise<Outcomes[Wanted['type']]>;
  /** Advances the clock and waits for everything that is due; see Clock. */
  advance(durationMs: number): Promise<void>;
  moveTo(at: number): Promise<void>;
  /** Resolves when this process may answer from its own state; null when it may now. */
  current(): Promise<void> | null;
  /** Resolves when all earlier changes of other replicas are applied here; null without others. */
  caughtUp(): Promise<void> | null;
  /** Resolves when the journal here has everything that any replica has recorded; null without others. */
  gathered(): Promise<void> | null;
}
