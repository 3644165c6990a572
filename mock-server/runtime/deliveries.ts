import { afterFailure, nextAttempt } from '../core/next-attempt.ts';
import type { Attempt, DeliveryId, DeliveryPolicy, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';
import type { Clock } from './clock.ts';
import { callbackBody, callbackHeaders } from './compose-callback.ts';
import type { Courier, Parcel, Passage } from './courier.ts';
import { createFlights, type Flight, type Flights } from './flights.ts';
import type { Journal } from './journal.ts';
import { deliveriesOf, openDeliveriesOf, progressOf, type TaskRecord } from './task-store.ts';

/** Sends what plans promise: decides with the core, posts with the courier, writes down in the journal. */
export interface Deliveries {
  /** When the task's next attempt is due; null when none is. */
  nextAt(task: TaskRecord): number | null;
  /** Whether something is still to be sent, or under way. */
  isOpen(task: TaskRecord): boolean;
  /** Ends what a crash cut short, as interrupted: it is due again. */
  endInterrupted(task: TaskRecord): void;
  /** Hands every delivery of the task that is due to the courier; its attempt begins when it is its turn. */
  start(task: TaskRecord, now: number): void;
  /** Deliveries that are with the courier. */
  readonly underway: number;
  /** The same, as whoever moves time sees them. */
  readonly flights: Flights;
  /** Resolves when nothing is under way any more. */
  settled(): Promise<void>;
  /** Resolves when an attempt of the task has ended, at once if one has already. */
  firstEnded(taskId: TaskId): Promise<void>;
}

export interface DeliveriesOptions {
  readonly clock: Clock;
  readonly courier: Courier;
  readonly journal: Journal;
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (event: PackEvent) => DeliveryPolicy;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** Signs callbacks when given. */
  readonly secret: string | null;
  readonly userAgent: string;
  /** Called when an attempt has ended and the task's next moment may have changed. */
  readonly onEnded: (taskId: TaskId) => void;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, courier, journal, packs } = options;
  const underway = new Set<Promise<void>>();
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

  /** When a delivery can be handed to the courier; null when it cannot, or is with the courier already. */
  function handableAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
    return withCourier.get(task)?.has(delivery.id) ? null : dueAt(task, delivery, pack);
  }

  async function hand(task: TaskRecord, delivery: PlannedDelivery, taskId: TaskId): Promise<void> {
    const { id, url } = delivery;
    const handed = withCourier.get(task) ?? new Set();
    withCourier.set(task, handed.add(id));
    const flight = flights.open(originOf(url), clock.now());
    let passage: Passage | null = null;
    try {
      passage = await courier.post(url, () => begin(task, delivery, taskId, flight));
      land(task, delivery, taskId, passage);
    } finally {
      flight.end(passage?.outcome === 'timeout');
    }
  }

  function land(task: TaskRecord, delivery: PlannedDelivery, taskId: TaskId, passage: Passage | null): void {
    const { id } = delivery;
    const handed = withCourier.get(task);
    handed?.delete(id);
    if (handed?.size === 0) withCourier.delete(task);
    // A reset in the meantime has forgotten the task, and with it this attempt.
    if (options.taskOf(taskId) !== task) return;
    const { inFlight } = progressOf(task, id);
    if (passage !== null && inFlight !== null) end(task.plan, task, delivery, attemptOf(inFlight, passage));
    options.onEnded(taskId);
  }

  /** It is the delivery's turn: writes down that its attempt begins, and says what to send. */
  async function begin(
    task: TaskRecord,
    delivery: PlannedDelivery,
    taskId: TaskId,
    flight: Flight,
  ): Promise<Parcel | null> {
    // Forgotten by a reset while it waited.
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
    flight.begin(followsAt(task, delivery, pack, at));
    // A POST that nobody would know of after a crash must not be made.
    const written = journal.written();
    if (written !== null) {
      if (!(await written)) return null;
      // Its task was withdrawn, deleted or wiped in the meantime.
      if (options.taskOf(taskId) !== task) return null;
    }
    const { ackTimeoutMs, ackStatus } = policyFor(delivery, pack);
    return { headers, body, ackTimeoutMs, ackStatus, flaw: flawOfAttempt(delivery, n) };
  }

  /** When something can follow from an attempt that begins now, should it fail: its retry, or a delivery after it. */
  function followsAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack, now: number): number {
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

  function track(taskId: TaskId, work: Promise<void>): void {
    const tracked = work.finally(() => {
      underway.delete(tracked);
      stopWaiting(taskId);
    });
    underway.add(tracked);
  }

  return {
    nextAt(task) {
      const deliveries = openDeliveriesOf(task);
      if (deliveries.length === 0) return null;
      const pack = packOf(task.plan);
      let earliest: number | null = null;
      for (const delivery of deliveries) {
        const at = handableAt(task, delivery, pack);
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
        const at = handableAt(task, delivery, pack);
        if (at !== null && at <= now) track(plan.taskId, hand(task, delivery, plan.taskId));
      }
    },
    flights,
    get underway() {
      return underway.size;
    },
    async settled() {
      while (underway.size > 0) await Promise.all(underway);
    },
    firstEnded(taskId) {
      const task = options.taskOf(taskId);
      const ended = task === undefined || deliveriesOf(task).some(({ id }) => hasEnded(task, id));
      return ended ? Promise.resolve() : new Promise((resolve) => waiting.set(taskId, resolve));
    },
  };
}

/** Spelled out: of two objects spread into one, V8 makes objects that are ten times slower to read. */
function attemptOf({ n, at, wallAt }: Pick<Attempt, 'n' | 'at' | 'wallAt'>, passage: Passage): Attempt {
  const { outcome, status, firstByteMs, durationMs, answer, detail } = passage;
  return { n, at, wallAt, outcome, status, firstByteMs, durationMs, answer, detail };
}

/** Scheme and authority, without parsing what the courier parses anyway. */
function originOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length);
  return end < 0 ? url : url.slice(0, end);
}

function hasEnded(task: TaskRecord, id: DeliveryId): boolean {
  return progressOf(task, id).attempts.length > 0;
}

const CUT_SHORT: Passage = {
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

/** Only the first acknowledgement gets lost; the retry must be able to come through. */
function flawOfAttempt({ flaw }: PlannedDelivery, n: number): PlannedDelivery['flaw'] {
  return flaw === 'lost-ack' && n > 1 ? null : flaw;
}
