import { afterFailure, nextAttempt } from '../core/next-attempt.ts';
import type { Attempt, DeliveryId, DeliveryPolicy, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import { deliveriesOf, openDeliveriesOf, progressOf, type TaskRecord } from '../journal/task-store.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';
import type { Clock } from './clock.ts';
import { callbackBody, callbackHeaders } from './compose-callback.ts';
import type { AttemptResult, Courier, OutgoingCallback } from './courier.ts';
import { createFlights, type Flight, type Flights } from './flights.ts';

/**
 * Sends the deliveries that plans promise: schedules them with the core, posts with the courier, records in the
 * journal.
 */
export interface Deliveries {
  /** The time of the task's next attempt; null when none is scheduled. */
  nextAt(task: TaskRecord): number | null;
  /** Whether a delivery of the task is pending or in flight. */
  isOpen(task: TaskRecord): boolean;
  /** Ends attempts cut short by a crash as interrupted, so that their deliveries are due again. */
  endInterrupted(task: TaskRecord): void;
  /** Passes every due delivery of the task to the courier. The attempt starts when its turn comes. */
  start(task: TaskRecord, now: number): void;
  /** The number of deliveries that are with the courier. */
  readonly inFlight: number;
  /** The same deliveries, as seen by the clock. */
  readonly flights: Flights;
  /** Resolves when no delivery is in flight. */
  settled(): Promise<void>;
  /** Resolves when an attempt of the task has ended, immediately if one already has. */
  firstEnded(taskId: TaskId): Promise<void>;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly courier: Courier;
  readonly journal: Journal;
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (event: PackEvent) => DeliveryPolicy;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** The signing key; null leaves callbacks unsigned. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Called when an attempt has ended and the task's next due time may have changed. */
  readonly onEnded: (taskId: TaskId) => void;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, courier, journal, packs } = options;
  const activeWork = new Set<Promise<void>>();
  const flights = createFlights();
  const withCourier = new Map<TaskRecord, Set<DeliveryId>>();
  const waiting = new Map<TaskId, () => void>();

  journal.subscribe((record) => {
    if (record.type !== 'server.reset') return;
    flights.forget();
    for (const taskId of waiting.keys()) stopWaiting(taskId);
  });

  function stopWaiting(taskId: TaskId): void {
    waiting.get(taskId)?.();
    waiting.delete(taskId);
  }

  function packOf({ pack: name }: Plan): Pack {
    const pack = packs.get(name);
    if (pack === undefined) throw new Error(`pack "${name}" is not loaded`);
    return pack;
  }

  function policyFor(delivery: PlannedDelivery, pack: Pack): DeliveryPolicy {
    const policy = options.policyOf(eventOf(pack, delivery));
    return delivery.retries === null ? policy : { ...policy, retries: delivery.retries };
  }

  function dueAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
    const { attempts, made, status, inFlight } = progressOf(task, delivery.id);
    if (status !== 'pending' || inFlight !== null) return null;
    if (delivery.after !== null && progressOf(task, delivery.after).status === 'pending') return null;
    const next = nextAttempt(policyFor(delivery, pack), delivery.dueAt, attempts, made);
    return next.type === 'due' ? next.at : null;
  }

  /** Returns when a delivery can be passed to the courier; null when it cannot, or is already there. */
  function readyAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
    return withCourier.get(task)?.has(delivery.id) ? null : dueAt(task, delivery, pack);
  }

  async function passToCourier(task: TaskRecord, delivery: PlannedDelivery, taskId: TaskId): Promise<void> {
    const { id, url } = delivery;
    const sending = withCourier.get(task) ?? new Set();
    withCourier.set(task, sending.add(id));
    const flight = flights.open(originOf(url), clock.now());
    let result: AttemptResult | null = null;
    try {
      result = await courier.post(url, () => begin(task, delivery, taskId, flight));
      finish(task, delivery, taskId, result);
    } finally {
      flight.end(result?.outcome === 'timeout');
    }
  }

  function finish(
    task: TaskRecord,
    delivery: PlannedDelivery,
    taskId: TaskId,
    result: AttemptResult | null,
  ): void {
    const { id } = delivery;
    const sending = withCourier.get(task);
    sending?.delete(id);
    if (sending?.size === 0) withCourier.delete(task);
    // A reset in the meantime has removed the task, and with it this attempt.
    if (options.taskOf(taskId) !== task) return;
    const { inFlight } = progressOf(task, id);
    if (result !== null && inFlight !== null) end(task.plan, task, delivery, attemptOf(inFlight, result));
    options.onEnded(taskId);
  }

  /** Journals the start of a delivery's attempt when its turn comes, and returns the callback to send. */
  async function begin(
    task: TaskRecord,
    delivery: PlannedDelivery,
    taskId: TaskId,
    flight: Flight,
  ): Promise<OutgoingCallback | null> {
    // A reset removed the task while the delivery was queued.
    if (options.taskOf(taskId) !== task) return null;
    const { plan } = task;
    const pack = packOf(plan);
    const n = progressOf(task, delivery.id).attempts.length + 1;
    const body = callbackBody(plan, delivery, eventOf(pack, delivery));
    const headers = headersFor(plan, delivery, pack, body);
    const { id: deliveryId, event, url } = delivery;
    const { at } = journal.append({
      type: 'attempt.started',
      taskId,
      deliveryId,
      event,
      n,
      url,
      headers,
      body,
    });
    flight.begin(nextConsequenceAt(task, delivery, pack, at));
    // A POST must not be sent before its start is on disk, so that it is known after a crash.
    const written = journal.written();
    if (written !== null) {
      if (!(await written)) return null;
      // The task was withdrawn, deleted or reset in the meantime.
      if (options.taskOf(taskId) !== task) return null;
    }
    const { ackTimeoutMs, ackStatus } = policyFor(delivery, pack);
    return { headers, body, ackTimeoutMs, ackStatus, flaw: faultOfAttempt(delivery, n) };
  }

  /**
   * Returns when an attempt that starts now can have a consequence if it fails: its retry, or a delivery that follows
   * it.
   */
  function nextConsequenceAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack, now: number): number {
    if (openDeliveriesOf(task).some(({ after }) => after === delivery.id)) return now;
    const next = afterFailure(policyFor(delivery, pack), now, progressOf(task, delivery.id).made + 1);
    return next.type === 'due' ? next.at : Number.POSITIVE_INFINITY;
  }

  function end(plan: Plan, task: TaskRecord, delivery: PlannedDelivery, attempt: Attempt): void {
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

  function trackWork(taskId: TaskId, work: Promise<void>): void {
    const tracked = work.finally(() => {
      activeWork.delete(tracked);
      stopWaiting(taskId);
    });
    activeWork.add(tracked);
  }

  return {
    nextAt(task) {
      const deliveries = openDeliveriesOf(task);
      if (deliveries.length === 0) return null;
      const pack = packOf(task.plan);
      let earliest: number | null = null;
      for (const delivery of deliveries) {
        const at = readyAt(task, delivery, pack);
        if (at !== null && (earliest === null || at < earliest)) earliest = at;
      }
      return earliest;
    },
    isOpen: (task) => openDeliveriesOf(task).length > 0,
    endInterrupted(task) {
      const { plan } = task;
      for (const delivery of openDeliveriesOf(task)) {
        const { inFlight } = progressOf(task, delivery.id);
        if (inFlight !== null) end(plan, task, delivery, attemptOf(inFlight, CUT_SHORT));
      }
    },
    start(task, now) {
      const { plan } = task;
      const pack = packOf(plan);
      for (const delivery of openDeliveriesOf(task)) {
        const at = readyAt(task, delivery, pack);
        if (at !== null && at <= now) trackWork(plan.taskId, passToCourier(task, delivery, plan.taskId));
      }
    },
    flights,
    get inFlight() {
      return activeWork.size;
    },
    async settled() {
      while (activeWork.size > 0) await Promise.all(activeWork);
    },
    firstEnded(taskId) {
      const task = options.taskOf(taskId);
      const ended = task === undefined || deliveriesOf(task).some(({ id }) => hasEnded(task, id));
      return ended ? Promise.resolve() : new Promise((resolve) => waiting.set(taskId, resolve));
    },
  };
}

/** Written out field by field: V8 makes objects that are spread from two others ten times slower to read. */
function attemptOf({ n, at, wallAt }: Pick<Attempt, 'n' | 'at' | 'wallAt'>, result: AttemptResult): Attempt {
  const { outcome, status, firstByteMs, durationMs, answer, detail } = result;
  return { n, at, wallAt, outcome, status, firstByteMs, durationMs, answer, detail };
}

/** Returns scheme and authority without a full parse, which the courier does anyway. */
function originOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length);
  return end < 0 ? url : url.slice(0, end);
}

function hasEnded(task: TaskRecord, id: DeliveryId): boolean {
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
