/** The parts of admin API answers that the page uses. Times are ISO 8601. */

export type Outcome =
  | { readonly type: 'success' | 'canceled' }
  | { readonly type: 'failure'; readonly slug: string };

export interface Plan {
  readonly taskId: string;
  readonly pack: string;
  readonly operation: string;
  readonly kind: string;
  readonly account: string;
  readonly scenario: { readonly name: string };
  readonly submittedAt: string;
  readonly steps: readonly { readonly state: string; readonly at: string }[];
  readonly outcome: Outcome;
  readonly mediaExpiresAt: string | null;
}

interface Stamp {
  readonly seq: number;
  readonly at: string;
  readonly wallAt: string;
}

export interface Attempt {
  readonly n: number;
  readonly at: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly answer: string;
  readonly detail: string | null;
}

export interface RequestAnswered extends Stamp {
  readonly type: 'request.answered';
  readonly pack: string | null;
  readonly does: string | null;
  readonly account: string | null;
  readonly taskId: string | null;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly requestBody: string;
  readonly status: number | null;
  readonly answer: string;
  readonly error: string | null;
  readonly state: string | null;
  readonly durationMs: number;
}

export interface AttemptStarted extends Stamp {
  readonly type: 'attempt.started';
  readonly taskId: string;
  readonly deliveryId: string;
  readonly event: string;
  readonly n: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AttemptEnded extends Stamp {
  readonly type: 'attempt.ended';
  readonly taskId: string;
  readonly deliveryId: string;
  readonly event: string;
  readonly url: string;
  readonly attempt: Attempt;
}

export interface MediaServed extends Stamp {
  readonly type: 'media.served';
  readonly taskId: string | null;
  readonly name: string;
  readonly status: number | null;
  readonly whole: boolean;
}

export type Entry =
  | RequestAnswered
  | AttemptStarted
  | AttemptEnded
  | MediaServed
  | (Stamp & { readonly type: 'task.submitted'; readonly taskId: string; readonly plan: Plan })
  | (Stamp & {
      readonly type: 'task.amended';
      readonly taskId: string;
      readonly plan: Plan;
      readonly reason: string;
    })
  | (Stamp & {
      readonly type: 'task.changed';
      readonly taskId: string;
      readonly state: string;
      readonly index: number;
    })
  | (Stamp & { readonly type: 'task.expired' | 'task.forgotten'; readonly taskId: string })
  | (Stamp & {
      readonly type: 'delivery.settled';
      readonly taskId: string;
      readonly deliveryId: string;
      readonly status: string;
    })
  | (Stamp & { readonly type: 'clock.moved'; readonly fromAt: string; readonly toAt: string })
  | (Stamp & { readonly type: 'server.reset' })
  | (Stamp & {
      readonly type:
        | 'delivery.promised'
        | 'scenario.queued'
        | 'scenario.taken'
        | 'scenario.cleared'
        | 'sink.received'
        | 'pack.reloaded'
        | 'pack.refused'
        | 'journal.cleared';
    });

/** The names of the events on the stream. An EventSource receives only events with a listener for their name. */
export const ENTRY_TYPES: readonly Entry['type'][] = [
  'request.answered',
  'attempt.started',
  'attempt.ended',
  'media.served',
  'task.submitted',
  'task.amended',
  'task.changed',
  'task.expired',
  'task.forgotten',
  'delivery.promised',
  'delivery.settled',
  'clock.moved',
  'server.reset',
  'scenario.queued',
  'scenario.taken',
  'scenario.cleared',
  'sink.received',
  'pack.reloaded',
  'pack.refused',
  'journal.cleared',
];

export interface ClockFacts {
  readonly mode: 'real' | 'virtual' | 'polls';
  readonly now: string;
  readonly wallNow: string;
  readonly nextAt: string | null;
}

export interface OperationFacts {
  readonly id: string;
  readonly does: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly request: JsonSchema | null;
  readonly example: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly promptAt: string | null;
  readonly callbackUrlAt: string | null;
}

export interface PackFacts {
  readonly name: string;
  readonly title: string;
  readonly profile: string;
  readonly operations: readonly OperationFacts[];
  readonly scenarios: readonly { readonly name: string; readonly summary: string }[];
}

export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly allOf?: readonly JsonSchema[];
}

export interface QueuedScenario {
  readonly scenario: string;
  readonly times: number;
  readonly account: string | null;
}

export interface Problem {
  readonly at: string;
  readonly message: string;
}

export interface EntryChecks {
  readonly seq: number;
  readonly request: readonly Problem[];
  readonly answer: readonly Problem[];
  readonly callback: readonly Problem[];
}

export interface CaseReport {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly level: string;
  readonly requirement: string;
  readonly why: string;
  readonly remedy: string;
  readonly status: string;
  readonly verdicts: Readonly<
    Record<string, { readonly status: string; readonly expected: string; readonly actual: string }>
  >;
  readonly timeline: readonly { readonly atMs: number; readonly text: string; readonly isBad: boolean }[];
  readonly replay: string;
}

export interface SuiteReport {
  readonly suite: string;
  readonly target: string;
  readonly pack: string;
  readonly startedAt: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly cases: readonly CaseReport[];
  readonly summary: Readonly<Record<string, number>>;
  /** Findings about the whole run; reports of previous versions do not have them. */
  readonly headlines?: readonly { readonly text: string; readonly remedy: string }[];
  /** Why the run proves nothing; null when it proves something. */
  readonly inconclusive?: string | null;
}
