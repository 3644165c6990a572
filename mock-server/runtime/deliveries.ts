import { nextAttempt } from '../core/next-attempt.ts';
import type { Attempt, DeliveryPolicy, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import { viewTask } from '../core/view.ts';
import type { Pack } from '../packs/pack.ts';
import type { Clock } from './clock.ts';
import type { Courier } from './courier.ts';
import type { Journal } from './journal.ts';
import { deliveriesOf, progressOf, type TaskRecord } from './task-store.ts';

/** Sends what plans promise: decides with the core, posts with the courier, writes down in the journal. */
export interface Deliveries {
  /** When the task's next attempt is due; null when none is. */
  nextAt(task: TaskRecord): number | null;
  /** Whether something is still to be sent, or under way. */
  isOpen(task: TaskRecord): boolean;
  /** Ends what a crash cut short, as interrupted: it is due again. */
  endInterrupted(task: TaskRecord): void;
  /** Starts every attempt of the task that is due. */
  start(task: TaskRecord, now: number): void;
  readonly underway: number;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  /** Resolves when the first attempt of the task's first delivery has ended. */
  firstEnded(taskId: TaskId): Promise<void>;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly courier: Courier;
  readonly journal: Journal;
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (pack: Pack) => DeliveryPolicy;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** Signs callbacks when given. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Called when an attempt has ended and the task's next moment may have changed. */
  readonly onEnded: (taskId: TaskId) => void;
}

/** A host that cannot exist, RFC 6761: whoever downloads from it trusted the forger. */
const FORGED_ORIGIN = 'https://media.forged.invalid';

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, courier, journal, packs } = options;
  const underway = new Set<Promise<void>>();
  const waiting = new Map<TaskId, () => void>();

  function packOf({ plan }: TaskRecord): Pack {
    const pack = packs.get(plan.pack);
    if (pack === undefined) throw new Error(`pack "${plan.pack}" is not loaded`);
    return pack;
  }

  function policyFor(delivery: PlannedDelivery, pack: Pack): DeliveryPolicy {
    const policy = options.policyOf(pack);
    return delivery.retries === null ? policy : { ...policy, retries: delivery.retries };
  }

  function dueAt(task: TaskRecord, delivery: PlannedDelivery): number | null {
    const { attempts, status, inFlight } = progressOf(task, delivery.id);
    if (status !== 'pending' || inFlight !== null) return null;
    if (delivery.after !== null && progressOf(task, delivery.after).status === 'pending') return null;
    const next = nextAttempt(policyFor(delivery, packOf(task)), delivery.dueAt, attempts);
    return next.type === 'due' ? next.at : null;
  }

  async function attempt(task: TaskRecord, delivery: PlannedDelivery): Promise<void> {
    const pack = packOf(task);
    const { taskId } = task.plan;
    const n = progressOf(task, delivery.id).attempts.length + 1;
    const policy = policyFor(delivery, pack);
    const body = renderBody(task.plan, delivery, pack);
    const headers = headersFor(task.plan, delivery, pack, body);
    const name = { taskId, deliveryId: delivery.id, event: delivery.event };
    const { at, wallAt } = journal.append({
      type: 'attempt.started',
      ...name,
      n,
      url: delivery.url,
      headers,
      body,
    });
    // A POST that nobody would know of after a crash must not be made.
    await journal.durable();
    const passage = await courier.post({
      url: delivery.url,
      headers,
      body,
      ackTimeoutMs: policy.ackTimeoutMs,
      ackStatus: policy.ackStatus,
      flaw: flawOfAttempt(delivery, n),
    });
    // A reset in the meantime has forgotten the task, and with it this attempt.
    if (options.taskOf(taskId) !== task) return;
    end(task, delivery, { n, at, wallAt, ...passage });
    options.onEnded(taskId);
  }

  function end(task: TaskRecord, delivery: PlannedDelivery, attempt: Attempt): void {
    const name = { taskId: task.plan.taskId, deliveryId: delivery.id, event: delivery.event };
    journal.append({ type: 'attempt.ended', ...name, url: delivery.url, attempt });
    const { attempts } = progressOf(task, delivery.id);
    const next = nextAttempt(policyFor(delivery, packOf(task)), delivery.dueAt, attempts);
    if (next.type === 'settled') {
      journal.append({ type: 'delivery.settled', ...name, status: next.status, attempts: attempts.length });
    }
  }

  function headersFor(plan: Plan, delivery: PlannedDelivery, pack: Pack, body: string) {
    const plain = { 'content-type': 'application/json', 'user-agent': options.userAgent };
    if (options.secret === null || pack.signer === null) return plain;
    // A forger does not have the key.
    const secret = delivery.flaw === 'forged' ? 'not the secret' : options.secret;
    const timestamp = Math.floor(clock.wallNow() / 1000);
    return {
      ...plain,
      ...pack.signer(secret, { taskId: plan.taskId, deliveryId: delivery.id, body, timestamp }),
    };
  }

  function track(taskId: TaskId, work: Promise<void>): void {
    const tracked = work.finally(() => {
      underway.delete(tracked);
      waiting.get(taskId)?.();
      waiting.delete(taskId);
    });
    underway.add(tracked);
  }

  return {
    nextAt(task) {
      let earliest: number | null = null;
      for (const delivery of deliveriesOf(task)) {
        const at = dueAt(task, delivery);
        if (at !== null && (earliest === null || at < earliest)) earliest = at;
      }
      return earliest;
    },
    isOpen: (task) => deliveriesOf(task).some(({ id }) => progressOf(task, id).status === 'pending'),
    endInterrupted(task) {
      for (const delivery of deliveriesOf(task)) {
        const { inFlight } = progressOf(task, delivery.id);
        if (inFlight !== null) end(task, delivery, { ...inFlight, ...CUT_SHORT });
      }
    },
    start(task, now) {
      for (const delivery of deliveriesOf(task)) {
        const at = dueAt(task, delivery);
        if (at !== null && at <= now) track(task.plan.taskId, attempt(task, delivery));
      }
    },
    get underway() {
      return underway.size;
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
    firstEnded: (taskId) => new Promise((resolve) => waiting.set(taskId, resolve)),
  };
}

const CUT_SHORT = {
  outcome: 'interrupted',
  status: null,
  firstByteMs: null,
  durationMs: 0,
  answer: '',
  detail: 'the mock ended before the receiver answered',
} as const;

/** The bytes of a delivery: the same on every attempt, because they depend on the plan alone. */
function renderBody(plan: Plan, delivery: PlannedDelivery, pack: Pack): string {
  const template = pack.events.get(delivery.event)?.bodies.get(delivery.state);
  if (template === undefined)
    throw new Error(`event "${delivery.event}" has no body for "${delivery.state}"`);
  if (delivery.flaw === 'forged') return template(forgedContext(plan, delivery));
  const body = template({ plan, view: viewTask(plan, delivery.dueAt) });
  return delivery.flaw === 'malformed' ? `${body.slice(0, -1)},}` : body;
}

function forgedContext(plan: Plan, { state, dueAt }: PlannedDelivery) {
  const claim: Plan = {
    ...plan,
    origin: FORGED_ORIGIN,
    outcome: { type: 'success' },
    steps: [{ state, at: dueAt }],
  };
  return { plan: claim, view: viewTask(claim, dueAt) };
}

/** Only the first acknowledgement gets lost; the retry must be able to come through. */
function flawOfAttempt({ flaw }: PlannedDelivery, n: number): PlannedDelivery['flaw'] {
  return flaw === 'lost-ack' && n > 1 ? null : flaw;
}
