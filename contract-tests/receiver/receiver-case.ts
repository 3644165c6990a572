import type { AttemptOutcome, Passage } from '../../mock-server/index.ts';
import type { CaseFacts, Verdict } from '../report.ts';
import type { Anatomy, JsonValue } from './anatomy.ts';
import type { ProbeAnswer } from './probe.ts';
import type { Subject } from './subject.ts';

/** One question to a receiver. Nothing in it knows a vendor: it speaks of the subject's pack and anatomy. */
export interface ReceiverCase extends CaseFacts {
  /** Why the case has nothing to ask of this subject; null when it has. */
  applies?(subject: Subject): string | null;
  /** Must not run beside others: it restarts the receiver, or measures how fast it is. */
  readonly alone?: boolean;
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
}

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
  /** Any other request to the receiver. */
  request(method: string, headers: Record<string, string>, body?: string): Promise<Passage>;
  /** Resolves when nothing of these tasks has been downloaded or asked for during a while. */
  quiet(): Promise<void>;
  /** Resolves when this holds, or when `withinMs` are over; what it last was. */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;
  downloads(taskId: string): Download[];
  /** How often the receiver did its work for this task; null when neither downloads nor a probe tell. */
  effects(taskId: string): Promise<number | null>;
  probe(taskId: string): Promise<ProbeAnswer | null>;
  /** Calls of the system under test to the poll operation, about this task. */
  calls(taskId: string): number;
  /** Has the system under test submit a task of its own to the mock. Only where `subject.canSubmit`. */
  submitted(scenario: string): Promise<OwnTask>;
  /** Another host that a body can point at; nobody should. */
  canary(): Promise<Canary>;
  restart(): Promise<void>;
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
  /** A success that points at another host. */
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

export interface Download {
  readonly name: string;
  readonly status: number | null;
  /** Whether every byte of the file went out. */
  readonly whole: boolean;
  /** Milliseconds since the case began. */
  readonly atMs: number;
}

export interface Canary {
  readonly origin: string;
  readonly hits: () => number;
}
