import type { JournalEntry, Pack } from '../../mock-server/index.ts';
import type { NameOption } from '../name-option.ts';

export type Operation = Pack['operations'][number];
export type Submitted = Extract<JournalEntry, { readonly type: 'task.submitted' }>;
export type Answered = Extract<JournalEntry, { readonly type: 'request.answered' }>;
type Served = Extract<JournalEntry, { readonly type: 'media.served' }>;
type Ended = Extract<JournalEntry, { readonly type: 'attempt.ended' }>;
type Plan = Submitted['plan'];

/** A journal entry with its time on the client's clock. */
export interface Happening {
  readonly seq: number;
  /** Milliseconds of the client's time, multiplied by `timeScale`. */
  readonly atMs: number;
}

/** A call to the vendor's API. */
export interface ApiCall extends Happening {
  readonly entry: Answered;
  /** Pack whose operations the call is compared with. */
  readonly pack: Pack;
  readonly operation: Operation | null;
  /** Request body, parsed; undefined when it is not JSON. */
  readonly body: unknown;
  /** Response body, parsed; undefined when it is not JSON. */
  readonly answer: unknown;
  /** Whether a header states that an SDK retried the request automatically. */
  readonly isRetryOfSdk: boolean;
  /** Whether the key is in the body, or in the URL of a vendor that does not read it there. */
  readonly showsKey: boolean;
  /** Whether the key is where the vendor reads it. */
  readonly isAuthorized: boolean;
  /** Whether a flag in the response states that the media has expired. */
  readonly saysExpired: boolean;
  /** First time without a time zone in the response: the whole match, its date, its time of day. */
  readonly zonelessTime: readonly string[] | null;
  /** Task id that a poll requests, whether the task exists or not; null when it has no id. */
  readonly askedId: string | null;
}

/** A finished attempt to deliver a callback. */
export interface CallbackAttempt extends Happening {
  readonly entry: Ended;
  readonly isAcknowledged: boolean;
}

/** A request for a media file. */
export interface ClientDownload extends Happening {
  readonly entry: Served;
}

/** A task from its submission to its end. */
export interface TaskLife extends Happening {
  readonly id: string;
  readonly plan: Plan;
  /** When the task finished; null while it is running. */
  readonly endedAtMs: number | null;
  /** Sequence number of the entry by which its media expired; null until then. */
  readonly expiredSeq: number | null;
}

/** How a run of the command or function under test ended. */
export interface RunFacts {
  readonly client: 'command' | 'function';
  /** 0 on success; null when the run was stopped. */
  readonly exitCode: number | null;
  /** Output of the command, or the message of the error that the function threw. */
  readonly output: string;
  /** Prompt that the client was given. */
  readonly prompt: string;
  /** API key that the client was given. */
  readonly key: string;
  /** Callback URL that the client was given; null without one. */
  readonly callbackUrl: string | null;
  /** Time zone of the run. */
  readonly timeZone: string | null;
}

/** Settings that verdicts and their texts depend on. */
export interface Measures {
  /** Factor by which the client's timers run faster than in production. */
  readonly timeScale: number;
  /** Clock by which waits are measured: `wall` time multiplied by the scale, or the `service` time of a virtual clock. */
  readonly time: 'wall' | 'service';
  /** Time after which a client must stop polling for a result that never arrives; milliseconds of its time. */
  readonly giveUpWithinMs: number;
  readonly downloadWithinMs: number | null;
  /** Number of tasks that may run at once; null when it is not known. */
  readonly concurrency: number | null;
  /** Names an option in a text for the user. */
  readonly nameOption: NameOption;
}

/** Everything that a case is judged by. */
export interface Evidence extends Measures {
  readonly pack: Pack;
  readonly calls: readonly ApiCall[];
  readonly tasks: readonly TaskLife[];
  readonly attempts: readonly CallbackAttempt[];
  readonly downloads: readonly ClientDownload[];
  /** Time of the last entry, or of the end of the run. */
  readonly endsAtMs: number;
  /** Null when a journal is judged while the client is still running. */
  readonly run: RunFacts | null;
}
