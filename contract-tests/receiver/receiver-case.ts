import type { AttemptOutcome, AttemptResult } from '../../mock-server/index.ts';
import type { CaseDefinition } from '../case-definition.ts';
import type { Verdict } from '../report.ts';
import type { CallbackShape, JsonValue } from './callback-shape.ts';
import type { Message } from './message.ts';
import type { Download } from './observations.ts';
import type { Pace } from './pace.ts';
import type { ProbeResult } from './probe.ts';
import type { Together } from './send-together.ts';
import type { Subject } from './subject.ts';

/** One case for receivers. It does not depend on a vendor: it reads the pack and the shape of the subject. */
export interface ReceiverCase extends CaseDefinition {
  /** Returns the reason why the case does not apply to this subject; null if it does. */
  applies?(subject: Subject): string | null;
  /** Must not run in parallel with others, for example because it restarts the receiver or measures its speed. */
  readonly alone?: boolean;
  /** Runs after all others, because its downloads occupy the receiver's workers for a long time. */
  readonly last?: boolean;
  /** Requires a success that lists several media files, from any profile. */
  readonly wantsList?: boolean;
  run(context: CaseContext): Promise<Findings>;
}

/** Results of one run of a case. */
export interface Findings {
  /** Description of the requests, in one sentence. */
  readonly stimulus: string;
  /** Whether the receiver answered correctly and in time. */
  readonly ack?: Verdict;
  /** Whether the receiver had the required effect. */
  readonly effect?: Verdict;
}

/** Whether the receiver has processed the callbacks, as far as can be observed. */
export type Drain =
  /** One more callback, sent after all others, has had its effect. */
  | { readonly type: 'drained' }
  /** That callback has not had its effect yet, but other effects were still observed. */
  | { readonly type: 'working'; readonly forMs: number }
  /** That callback did not have an effect, and no other effect was observed for this long. */
  | { readonly type: 'silent'; readonly forMs: number }
  /** That callback was not acknowledged. */
  | { readonly type: 'refused'; readonly attempt: AttemptResult }
  /** Effects cannot be observed with downloads or a probe. */
  | { readonly type: 'unseen' };

/** Operations of a case: tasks of the mock, requests to the receiver, and observations. */
export interface CaseContext {
  readonly subject: Subject;
  readonly shape: CallbackShape;
  /**
   * Creates a task that has just ended, and its callback.
   * @param scenario `success`, `fail.<slug>`, `media.<fault>` (default: `success`)
   * @param request JSON Merge Patch for the sample request
   */
  task(scenario?: string, request?: RequestPatch): Promise<Task>;
  /** Creates a task that is still running. */
  runningTask(): Promise<Task>;
  /** Sends a callback to the receiver. */
  send(message: Message): Promise<AttemptResult>;
  /** Sends a complete callback, and disconnects after sending it or when the answer starts, without reading the answer. */
  sendAndLeave(message: Message, after: 'request' | 'answer'): Promise<void>;
  /**
   * Sends several copies on open connections and releases their last bytes together.
   * @returns the attempts, and the time between the first and the last release in milliseconds
   */
  sendTogether(message: Message, copies: number): Promise<Together>;
  /** Sends the handshake of the vendor; requires `subject.pack.handshake`. */
  handshake(): Promise<AttemptResult>;
  /** Sends a request other than a callback to the receiver. */
  request(method: string, headers: Record<string, string>, body?: string): Promise<AttemptResult>;
  /** Resolves when the sent successes have had their effect, or the receiver stops making progress. */
  quiet(): Promise<void>;
  /** Sends one more success, and waits until it has had its effect. Earlier callbacks have been processed by then. */
  drain(): Promise<Drain>;
  /** Observed speed of the receiver. */
  readonly pace: Pace;
  /** Resolves with the condition as soon as it is true, or after `withinMs`. */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;
  /** Returns the media requests for this task. */
  downloads(taskId: string): readonly Download[];
  /** Returns how often the work of this task was done; null if it cannot be observed. */
  effects(taskId: string): Promise<number | null>;
  /** Queries the probe about this task. */
  probe(taskId: string): Promise<ProbeResult>;
  /** Returns the number of polls for this task by the system under test. */
  calls(taskId: string): number;
  /** Makes the system under test submit a task to the mock; requires `subject.canSubmit`. */
  submitted(scenario: string): Promise<OwnTask>;
  /** Opens another host, which must not receive requests from the receiver. */
  canary(): Promise<Canary>;
  /** Restarts the receiver; requires `subject.canRestart`. */
  restart(): Promise<void>;
  /** Waits in wall time. @param doing description of the wait, starting with a present participle */
  pause(durationMs: number, doing: string): Promise<void>;
  /** Adds a note to the timeline. */
  note(text: string): void;
}

/** Changes of a case to the sample request. */
export type RequestPatch = Readonly<Record<string, JsonValue>>;

/** One of several callbacks of one task. */
export interface TaskCallback extends Message {
  /** Whether it reports the end of the task; otherwise, it reports progress. */
  readonly isFinal: boolean;
}

/** A task of a case, and its callback. */
export interface Task extends Message {
  /** Id by which its callbacks name it. */
  readonly namedId: string;
  readonly body: JsonValue;
  /** All callbacks of the task in order; the final one is last. */
  readonly callbacks: readonly TaskCallback[];
  /** Returns a callback of the same task with another body, signed again if callbacks are signed. */
  with(body: JsonValue | string): Message;
  /** Returns the same callback, signed with another time or another key. */
  sealed(at: { readonly offsetSeconds?: number; readonly secret?: string }): Message;
  /** Returns a success whose media URLs point to another host; if callbacks are signed, its signature is by another key. */
  forged(origin: string): Message;
}

/** A task that the system under test submitted. */
export interface OwnTask {
  readonly taskId: string;
  /** Ends the task now; the mock sends its callback unless the scenario prevents it. */
  finish(): Promise<void>;
  /** Returns the first attempt of the mock to deliver its callback; null before it. */
  firstAttempt(): { readonly outcome: AttemptOutcome; readonly status: number | null } | null;
  /** Advances the clock until `callback.late` is sent. */
  sendLate(): Promise<void>;
  /** Whether a poll has returned the end of the task. */
  polledToTheEnd(): boolean;
  /** Returns the number of polls for the task. */
  polls(): number;
}

/** A host that must not receive requests. */
export interface Canary {
  readonly origin: string;
  readonly hits: () => number;
}
