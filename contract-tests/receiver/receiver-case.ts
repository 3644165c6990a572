import type { AttemptOutcome, Passage } from '../../mock-server/index.ts';
import type { CaseDefinition } from '../case-definition.ts';
import type { Verdict } from '../report.ts';
import type { Anatomy, JsonValue } from './anatomy.ts';
import type { Download } from './observations.ts';
import type { Pace } from './pace.ts';
import type { ProbeResult } from './probe.ts';
import type { Together } from './send-together.ts';
import type { Subject } from './subject.ts';

/** One question to a receiver. Nothing in it knows a vendor: it speaks of the subject's pack and anatomy. */
export interface ReceiverCase extends CaseDefinition {
  /** Why the case has nothing to ask of this subject; null when it has. */
  applies?(subject: Subject): string | null;
  /** Must not run in parallel with others: it restarts the receiver, or measures how fast it is. */
  readonly alone?: boolean;
  /** Leaves downloads behind that occupy the receiver's workers for long: it runs after all others. */
  readonly last?: boolean;
  /** Needs a success with several media in a list, from whichever profile has one. */
  readonly wantsList?: boolean;
  run(stage: Stage): Promise<Findings>;
}

export interface Findings {
  /** What was sent, in one sentence. */
  readonly stimulus: string;
  /** Whether the receiver answered right and in time. */
  readonly ack?: Verdict;
  /** Whether it did the right thing. */
  readonly effect?: Verdict;
}

/** A callback as it lies ready to be sent, and the task it is about. */
export interface Message {
  readonly taskId: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it goes, when that is not the URL under test. */
  readonly url?: string;
}

/** Whether the receiver has handled what it was sent, as far as can be seen. */
export type Drain =
  /** A further callback, sent after all others, has had its effect. */
  | { readonly type: 'drained' }
  /** That callback has not had its effect yet, and others are still having theirs. */
  | { readonly type: 'working'; readonly forMs: number }
  /** That callback had no effect, and nothing else happened for this long either. */
  | { readonly type: 'silent'; readonly forMs: number }
  /** That callback was not acknowledged. */
  | { readonly type: 'refused'; readonly passage: Passage }
  /** Neither downloads nor a probe tell of effects. */
  | { readonly type: 'unseen' };

/** Where a case plays: its own mock and media host, and the receiver. */
export interface Stage {
  readonly subject: Subject;
  readonly anatomy: Anatomy;
  /**
   * A task that has just ended so, and its callback.
   * @param scenario `success`, `fail.<slug>`, `media.<twist>`
   * @param request merged into the sample request, like a JSON Merge Patch
   */
  task(scenario?: string, request?: RequestPatch): Promise<Task>;
  /** A task that still runs. */
  runningTask(): Promise<Task>;
  send(message: Message): Promise<Passage>;
  /** Sends the whole of it, and breaks the connection once it is sent, or once the answer begins: it is never read. */
  sendAndLeave(message: Message, after: 'request' | 'answer'): Promise<void>;
  /**
   * Sends several copies on open connections and releases their last bytes together.
   * @returns how they went, and the time between the first and the last release in milliseconds
   */
  sendTogether(message: Message, copies: number): Promise<Together>;
  /** Any other request to the receiver. */
  request(method: string, headers: Record<string, string>, body?: string): Promise<Passage>;
  /** Resolves when the successes that were sent have had their effect, or the receiver makes no more progress. */
  quiet(): Promise<void>;
  /** Sends one more success, and waits until it has had its effect: whatever was sent before has been handled by then. */
  drain(): Promise<Drain>;
  /** How fast the receiver was seen to work. */
  readonly pace: Pace;
  /** Resolves when this holds, or when `withinMs` are over; what it last was. */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;
  downloads(taskId: string): readonly Download[];
  /** How often the receiver did its work for this task; null when neither downloads nor a probe tell. */
  effects(taskId: string): Promise<number | null>;
  probe(taskId: string): Promise<ProbeResult>;
  /** Calls of the system under test to the poll operation, about this task. */
  calls(taskId: string): number;
  /** Has the system under test submit a task of its own to the mock. Only where `subject.canSubmit`. */
  submitted(scenario: string): Promise<OwnTask>;
  /** Another host that a body can point at; nobody should. */
  canary(): Promise<Canary>;
  restart(): Promise<void>;
  /** Lets wall time pass. @param doing present participle, for a person who waits */
  pause(durationMs: number, doing: string): Promise<void>;
  note(text: string): void;
}

/** What a case changes in the sample request that makes a task. */
export type RequestPatch = Readonly<Record<string, JsonValue>>;

/** One of several callbacks about one task. */
export interface TaskCallback extends Message {
  /** Whether the task has ended with it; otherwise it announces progress. */
  readonly isFinal: boolean;
}

export interface Task extends Message {
  readonly body: JsonValue;
  /** All of its callbacks in order: those that announce progress, and the end last. */
  readonly callbacks: readonly TaskCallback[];
  /** A callback about the same task with another body, signed anew where callbacks are signed. */
  with(body: JsonValue | string): Message;
  /** The same with headers of another time or another key. */
  sealed(at: { readonly offsetSeconds?: number; readonly secret?: string }): Message;
  /** A success that points at another host; where callbacks are signed, its signature is by another key. */
  forged(origin: string): Message;
}

/** A task that the system under test made by itself. */
export interface OwnTask {
  readonly taskId: string;
  /** Makes it end now; its callback is sent by the mock, unless the scenario says otherwise. */
  finish(): Promise<void>;
  /** How the mock's first callback about it went; null when none was sent. */
  firstAttempt(): { readonly outcome: AttemptOutcome; readonly status: number | null } | null;
  /** Lets the time pass after which `callback.late` comes. */
  sendLate(): Promise<void>;
  /** Answers of the poll operation that said it had ended. */
  polledToTheEnd(): boolean;
  polls(): number;
}

export interface Canary {
  readonly origin: string;
  readonly hits: () => number;
}
