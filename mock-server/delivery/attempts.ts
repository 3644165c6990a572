import { nextAttempt } from '../core/next-attempt.ts';
import type { Attempt, DeliveryStatus, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import type { PackedPlan } from '../journal/packed-plan.ts';
import { progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { Pack } from '../packs/pack.ts';
import type { Clock } from './clock.ts';
import { callbackBody, callbackHeaders, recordedHeaders } from './compose-callback.ts';
import { composeHandshake } from './compose-handshake.ts';
import { type DueRules, eventOf, gapSeed } from './due-rules.ts';
import type { Flight } from './flights.ts';
import type { AttemptResult, OutgoingCallback } from './post-callback.ts';
import type { Tracing } from './tracing.ts';

/** One delivery of a task that the courier has. */
export interface Job {
  readonly task: TaskRecord;
  /** The plan and its packed form at the time when the courier got the delivery. */
  readonly packed: PackedPlan;
  readonly plan: Plan;
  readonly delivery: PlannedDelivery;
}

/** Records each attempt in the journal, from its beginning to its end. */
export interface Attempts {
  /**
   * Records that the attempt of a job begins, because it is its turn.
   * @returns what to send; null when the task no longer exists
   */
  begin(job: Job, flight: Flight): OutgoingCallback | null | Promise<OutgoingCallback | null>;
  /** Records that a delivery is abandoned without a further attempt. */
  abandon(task: TaskRecord, plan: Plan, delivery: PlannedDelivery): void;
  /** Records the result of the attempt in flight, and settles the delivery if no other attempt follows. */
  end(job: Omit<Job, 'packed'>, result: AttemptResult): void;
}

export interface AttemptsOptions {
  readonly clock: Pick<Clock, 'wallNow'>;
  readonly journal: Pick<Journal, 'append' | 'written'>;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** Returns the secret that callbacks are signed with; null to send them unsigned. */
  readonly secretOf: (pack: Pack) => string | null;
  /** The secret of a registered endpoint; null to use the one of the mock. */
  readonly endpointSecret: (id: string) => string | null;
  readonly userAgent: string;
  /** Null unless traces are exported. */
  readonly tracing: Tracing | null;
}

export function createAttempts(options: AttemptsOptions, rules: DueRules): Attempts {
  const { journal, taskOf, tracing } = options;

  /** A POST that would be unknown after a crash must not be sent. */
  async function afterWriting(
    written: Promise<boolean>,
    outgoing: OutgoingCallback,
    task: TaskRecord,
    taskId: TaskId,
  ): Promise<OutgoingCallback | null> {
    // Its task may have been withdrawn, deleted or removed by a reset in the meantime.
    return (await written) && taskOf(taskId) === task ? outgoing : null;
  }

  return {
    begin(job, flight) {
      const { task, delivery } = job;
      const { taskId } = job.plan;
      // A reset removed it while it waited.
      if (taskOf(taskId) !== task) return null;
      const plan = currentPlan(job);
      const pack = rules.packOf(plan);
      const n = progressOf(task, delivery.id).attempts.length + 1;
      const { id: deliveryId, event, url, kind } = delivery;
      const handshake = handshakeFor(pack, taskId, delivery);
      const body = handshake?.body ?? callbackBody(plan, delivery, eventOf(pack, delivery));
      const own = headersFor(plan, delivery, pack, body, options);
      const headers =
        tracing === null ? own : { ...own, ...tracing.attempt({ taskId, deliveryId, event, n, url }) };
      const shown = recordedHeaders(pack, plan, headers);
      // Spelled out, like all entries of a usual callback: V8 reads objects that were spread into slowly.
      const started = {
        type: 'attempt.started',
        taskId,
        deliveryId,
        event,
        n,
        url,
        headers: shown,
        body,
      } as const;
      const { at } = journal.append(kind === undefined ? started : { ...started, kind });
      flight.begin(rules.followsAt(task, plan, delivery, at));
      const { ackTimeoutMs, ackStatus, ackBody } = rules.policyFor(delivery, pack);
      const flaw = faultOfAttempt(delivery, n);
      const outgoing =
        handshake === null
          ? { headers, body, ackTimeoutMs, ackStatus, ackBody, flaw }
          : { headers, ...handshake, ackStatus, flaw };
      const written = journal.written();
      return written === null ? outgoing : afterWriting(written, outgoing, task, taskId);
    },
    end({ task, plan, delivery }, result) {
      const { inFlight, made, attempts } = progressOf(task, delivery.id);
      if (inFlight === null) return;
      const { taskId } = plan;
      const { id: deliveryId, event, url, kind } = delivery;
      const attempt = attemptOf(inFlight, result);
      const nowMade = attempt.outcome === 'interrupted' ? made : made + 1;
      const policy = rules.policyFor(delivery, rules.packOf(plan));
      const seed = gapSeed(policy, task, delivery);
      const next = nextAttempt(policy, delivery.dueAt, [attempt], nowMade, seed);
      const total = attempts.length + 1;
      const ended = { type: 'attempt.ended', taskId, deliveryId, event, url, attempt } as const;
      const entry = kind === undefined ? ended : { ...ended, kind };
      journal.append(next.type === 'due' ? { ...entry, nextAt: next.at } : entry);
      if (next.type === 'settled') settle(journal, taskId, delivery, next.status, total);
    },
    abandon(task, { taskId }, delivery) {
      settle(journal, taskId, delivery, 'abandoned', progressOf(task, delivery.id).attempts.length);
    },
  };
}

/** Reads the plan only if an amendment has changed it, because unpacking takes time. */
export function currentPlan({ task, packed, plan }: Job): Plan {
  return task.packed === packed ? plan : task.plan;
}

function settle(
  journal: Pick<Journal, 'append'>,
  taskId: TaskId,
  { id: deliveryId, event, kind, endpoint }: PlannedDelivery,
  status: Exclude<DeliveryStatus, 'pending'>,
  attempts: number,
): void {
  const settled = { type: 'delivery.settled', taskId, deliveryId, event, status, attempts } as const;
  if (kind !== undefined) journal.append({ ...settled, kind });
  else journal.append(endpoint === undefined ? settled : { ...settled, endpoint });
}

/** Returns what a handshake sends and expects; null for a callback. */
function handshakeFor({ name, handshake }: Pack, taskId: TaskId, { id, kind }: PlannedDelivery) {
  if (kind === undefined) return null;
  if (handshake === null) throw new Error(`pack "${name}" has no handshake`);
  return { ...composeHandshake(handshake, `${taskId} ${id}`), ackTimeoutMs: handshake.withinMs };
}

function headersFor(
  plan: Plan,
  { id, url, flaw, endpoint }: PlannedDelivery,
  pack: Pack,
  body: string,
  { secretOf, endpointSecret, userAgent, clock }: AttemptsOptions,
): Readonly<Record<string, string>> {
  const ofEndpoint = endpoint === undefined ? null : endpointSecret(endpoint);
  const own = ofEndpoint ?? secretOf(pack);
  // A forger does not have the key.
  const secret = own !== null && flaw === 'forged' ? 'not the secret' : own;
  const wallAt = clock.wallNow();
  return callbackHeaders({ pack, plan, deliveryId: id, url, body, secret, userAgent, wallAt });
}

/** Spelled out: V8 makes objects that are ten times slower to read when two are spread into one. */
function attemptOf({ n, at, wallAt }: Pick<Attempt, 'n' | 'at' | 'wallAt'>, result: AttemptResult): Attempt {
  const { outcome, status, firstByteMs, durationMs, answer, detail } = result;
  return { n, at, wallAt, outcome, status, firstByteMs, durationMs, answer, detail };
}

/** Only the first acknowledgement is lost; the retry must be able to succeed. */
function faultOfAttempt({ flaw }: PlannedDelivery, n: number): PlannedDelivery['flaw'] {
  return flaw === 'lost-ack' && n > 1 ? null : flaw;
}
