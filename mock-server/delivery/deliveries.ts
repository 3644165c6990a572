import { afterFailure, nextAttempt } from '../core/next-attempt.ts';
import type { Attempt, DeliveryPolicy, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import { deliveriesOf, openDeliveriesOf, progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';
import type { Clock } from './clock.ts';
import { callbackBody, callbackHeaders } from './compose-callback.ts';
import type { Courier } from './courier.ts';
import { createFlights, type Flight, type Flights } from './flights.ts';
import type { AttemptResult, OutgoingCallback } from './post-callback.ts';

/** Sends what plans promise: the core decides, the courier posts, the journal records. */
export interface Deliveries {
  /**
   * When the next attempt of a task is due; null when none is.
   * @param plan the task's own: reading it from the task takes time
   */
  nextAt(task: TaskRecord, plan: Plan): number | null;
  /** Whether a delivery of the task is not settled. */
  isOpen(task: TaskRecord, plan: Plan): boolean;
  /** Ends attempts that a crash cut short as interrupted: they are due again. */
  endInterrupted(task: TaskRecord): void;
  /** Hands every delivery that is due to the courier; its attempt begins when it is its turn. */
  start(task: TaskRecord, plan: Plan, now: number): void;
  /** The deliveries that the courier has. */
  readonly flights: Flights<TaskRecord>;
  /** Resolves when an attempt of the task has ended, at once if one already has. */
  firstEnded(taskId: TaskId): Promise<void>;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly courier: Courier;
  readonly journal: Journal;
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (event: PackEvent) => DeliveryPolicy;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** Signs callbacks; null to send them unsigned. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Called when an attempt has ended and the task's next moment may have changed. */
  readonly onEnded: (taskId: TaskId) => void;
}

/** One delivery of a task. */
interface Job {
  readonly task: TaskRecord;
  readonly plan: Plan;
  readonly delivery: PlannedDelivery;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, courier, journal } = options;
  const { packOf, policyFor, dueAt, followsAt } = createDueRules(options);
  const flights = createFlights<TaskRecord>();
  const waiting = createWaiting(journal);

  /** When a delivery can be handed to the courier; null when it cannot, or the courier already has it. */
  function startableAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
    return flights.has(task, delivery.id) ? null : dueAt(task, delivery, pack);
  }

  async function send(job: Job): Promise<void> {
    const { task, plan, delivery } = job;
    const flight = flights.open(task, delivery.id, originOf(delivery.url), clock.now());
    let result: AttemptResult | null = null;
    try {
      result = await courier.post(delivery.url, () => begin(job, flight));
    } finally {
      flight.end(result?.outcome === 'timeout');
    }
    settle(job, result);
    waiting.end(plan.taskId);
  }

  function settle(job: Job, result: AttemptResult | null): void {
    const { task, plan, delivery } = job;
    // A reset in the meantime has removed the task, and with it this attempt.
    if (options.taskOf(plan.taskId) !== task) return;
    const { inFlight } = progressOf(task, delivery.id);
    if (result !== null && inFlight !== null) end(job, attemptOf(inFlight, result));
    options.onEnded(plan.taskId);
  }

  /** Called when it is the delivery's turn: records that its attempt begins, and returns what to send. */
  function begin(job: Job, flight: Flight): OutgoingCallback | null | Promise<OutgoingCallback | null> {
    const { task, delivery } = job;
    // A reset removed it while it waited; an amendment may have changed its plan.
    if (options.taskOf(job.plan.taskId) !== task) return null;
    const { plan } = task;
    const pack = packOf(plan);
    const event = eventOf(pack, delivery);
    const n = progressOf(task, delivery.id).attempts.length + 1;
    const body = callbackBody(plan, delivery, event);
    const headers = headersFor(plan, delivery, pack, body);
    const { taskId } = plan;
    const { id: deliveryId, url } = delivery;
    const { at } = journal.append({
      type: 'attempt.started',
      taskId,
      deliveryId,
      event: delivery.event,
      n,
      url,
      headers,
      body,
    });
    flight.begin(followsAt({ task, plan, delivery }, pack, at));
    const { ackTimeoutMs, ackStatus } = policyFor(delivery, pack);
    const parcel = { headers, body, ackTimeoutMs, ackStatus, flaw: faultOfAttempt(delivery, n) };
    // A POST that would be unknown after a crash must not be sent.
    const written = journal.written();
    return written === null ? parcel : parcelOnce(written, parcel, task, taskId);
  }

  async function parcelOnce(
    written: Promise<boolean>,
    parcel: OutgoingCallback,
    task: TaskRecord,
    taskId: TaskId,
  ): Promise<OutgoingCallback | null> {
    // Its task may have been withdrawn, deleted or removed by a reset in the meantime.
    return (await written) && options.taskOf(taskId) === task ? parcel : null;
  }

  function end({ task, plan, delivery }: Job, attempt: Attempt): void {
    const name = { taskId: plan.taskId, deliveryId: delivery.id, event: delivery.event };
    journal.append({ type: 'attempt.ended', ...name, url: delivery.url, attempt });
    const { attempts, made } = progressOf(task, delivery.id);
    const next = nextAttempt(policyFor(delivery, packOf(plan)), delivery.dueAt, attempts, made);
    if (next.type === 'settled') {
      journal.append({ type: 'delivery.settled', ...name, status: next.status, attempts: attempts.length });
    }
  }

  function headersFor(plan: Plan, delivery: PlannedDelivery, pack: Pack, body: string) {
    const { secret, userAgent } = options;
    return callbackHeaders({
      pack,
      taskId: plan.taskId,
      deliveryId: delivery.id,
      body,
      // A forger does not have the key.
      secret: secret !== null && delivery.flaw === 'forged' ? 'not the secret' : secret,
      userAgent,
      wallAt: clock.wallNow(),
    });
  }

  return {
    nextAt(task, plan) {
      const deliveries = openDeliveriesOf(task, plan);
      if (deliveries.length === 0) return null;
      const pack = packOf(plan);
      let earliest: number | null = null;
      for (const delivery of deliveries) {
        const at = startableAt(task, delivery, pack);
        if (at !== null && (earliest === null || at < earliest)) earliest = at;
      }
      return earliest;
    },
    isOpen: (task, plan) => openDeliveriesOf(task, plan).length > 0,
    endInterrupted(task) {
      const { plan } = task;
      for (const delivery of openDeliveriesOf(task, plan)) {
        const { inFlight } = progressOf(task, delivery.id);
        if (inFlight !== null) end({ task, plan, delivery }, attemptOf(inFlight, CUT_SHORT));
      }
    },
    start(task, plan, now) {
      const deliveries = openDeliveriesOf(task, plan);
      if (deliveries.length === 0) return;
      const pack = packOf(plan);
      for (const delivery of deliveries) {
        const at = startableAt(task, delivery, pack);
        if (at !== null && at <= now) void send({ task, plan, delivery });
      }
    },
    flights,
    firstEnded(taskId) {
      const task = options.taskOf(taskId);
      const ended = task === undefined || deliveriesOf(task).some(({ id }) => hasEnded(task, id));
      return ended ? Promise.resolve() : waiting.begin(taskId);
    },
  };
}

/** Resolves the promises of those who wait for an attempt of a task, also when a reset removes the task. */
function createWaiting(journal: Journal) {
  const waiting = new Map<TaskId, (() => void)[]>();

  function end(taskId: TaskId): void {
    const resolves = waiting.get(taskId);
    if (resolves === undefined) return;
    waiting.delete(taskId);
    for (const resolve of resolves) resolve();
  }

  journal.subscribe(({ type }) => {
    if (type === 'server.reset') for (const taskId of [...waiting.keys()]) end(taskId);
  });

  return {
    begin: (taskId: TaskId): Promise<void> =>
      new Promise((resolve) => waiting.set(taskId, [...(waiting.get(taskId) ?? []), resolve])),
    end,
  };
}

/** When attempts are due, by the plan, the policy and the attempts so far. */
function createDueRules({ packs, policyOf }: Pick<DeliveriesOptions, 'packs' | 'policyOf'>) {
  function policyFor(delivery: PlannedDelivery, pack: Pack): DeliveryPolicy {
    const policy = policyOf(eventOf(pack, delivery));
    return delivery.retries === null ? policy : { ...policy, retries: delivery.retries };
  }

  return {
    policyFor,
    packOf({ pack: name }: Plan): Pack {
      const pack = packs.get(name);
      if (pack === undefined) throw new Error(`pack "${name}" is not loaded`);
      return pack;
    },
    dueAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
      const { attempts, made, status, inFlight } = progressOf(task, delivery.id);
      if (status !== 'pending' || inFlight !== null) return null;
      if (delivery.after !== null && progressOf(task, delivery.after).status === 'pending') return null;
      const next = nextAttempt(policyFor(delivery, pack), delivery.dueAt, attempts, made);
      return next.type === 'due' ? next.at : null;
    },
    /** When something can follow from an attempt that begins now and fails: its retry, or a delivery after it. */
    followsAt({ task, plan, delivery }: Job, pack: Pack, now: number): number {
      if (openDeliveriesOf(task, plan).some(({ after }) => after === delivery.id)) return now;
      const next = afterFailure(policyFor(delivery, pack), now, progressOf(task, delivery.id).made + 1);
      return next.type === 'due' ? next.at : Number.POSITIVE_INFINITY;
    },
  };
}

/** Spelled out: V8 makes objects that are ten times slower to read when two are spread into one. */
function attemptOf({ n, at, wallAt }: Pick<Attempt, 'n' | 'at' | 'wallAt'>, result: AttemptResult): Attempt {
  const { outcome, status, firstByteMs, durationMs, answer, detail } = result;
  return { n, at, wallAt, outcome, status, firstByteMs, durationMs, answer, detail };
}

/** Scheme and authority, without parsing what the courier parses anyway. */
function originOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length);
  return end < 0 ? url : url.slice(0, end);
}

function hasEnded(task: TaskRecord, id: PlannedDelivery['id']): boolean {
  return progressOf(task, id).attempts.length > 0;
}

const CUT_SHORT: AttemptResult = {
  outcome: 'interrupted',
  status: null,
  firstByteMs: null,
  durationMs: 0,
  answer: '',
  detail: 'the mock ended before the receiver answered',
};

function eventOf(pack: Pack, { event: name }: PlannedDelivery): PackEvent {
  const event = pack.events.get(name);
  if (event === undefined) throw new Error(`pack "${pack.name}" has no event "${name}"`);
  return event;
}

/** Only the first acknowledgement is lost; the retry must be able to succeed. */
function faultOfAttempt({ flaw }: PlannedDelivery, n: number): PlannedDelivery['flaw'] {
  return flaw === 'lost-ack' && n > 1 ? null : flaw;
}
