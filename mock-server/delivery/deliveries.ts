import type { DeliveryId, DeliveryPolicy, Plan, PlannedDelivery, TaskId } from '../core/types.ts';
import type { Journal } from '../journal/journal.ts';
import { deliveriesOf, openDeliveriesOf, progressOf, type TaskRecord } from '../journal/stored-task.ts';
import type { Pack, PackEvent } from '../packs/pack.ts';
import { type Attempts, createAttempts, currentPlan, type Job } from './attempts.ts';
import type { Clock } from './clock.ts';
import type { Courier, Prepare } from './courier.ts';
import { type Dispatch, type DueAttempt, dispatchTo } from './dispatch.ts';
import { createDueRules } from './due-rules.ts';
import { createFirstAttempts } from './first-attempts.ts';
import { createFlights, type Every, type Flight, type Flights } from './flights.ts';
import type { AttemptResult } from './post-callback.ts';
import type { Tracing } from './tracing.ts';

/** Sends what plans promise: the core decides, the courier posts, the journal records. */
export interface Deliveries {
  /**
   * When the next attempt of a task is due; null when none is.
   * @param plan the task's own: reading it from the task takes time
   */
  nextAt(task: TaskRecord, plan: Plan): number | null;
  /** When the next attempt of a delivery is due; null when it is settled, in flight, or waits for another one. */
  nextAttemptAt(task: TaskRecord, plan: Plan, delivery: PlannedDelivery): number | null;
  /** Whether a delivery of the task is not settled. */
  isOpen(task: TaskRecord, plan: Plan): boolean;
  /** Ends attempts that a crash cut short as interrupted: they are due again. */
  endInterrupted(task: TaskRecord): void;
  /** Hands every delivery that is due to the courier; its attempt begins when it is its turn. */
  start(task: TaskRecord, plan: Plan, now: number): void;
  /** Hands a delivery to the courier again that it had when the state was saved. */
  resume(task: TaskRecord, deliveryId: DeliveryId): void;
  /** The deliveries that the courier has. */
  readonly flights: Flights<TaskRecord>;
  /** Resolves when an attempt of the task has ended, at once if one already has. */
  firstEnded(taskId: TaskId): Promise<void>;
}

export interface DeliveriesOptions {
  readonly clock: Pick<Clock, 'now' | 'wallNow'>;
  readonly courier: Pick<Courier, 'post'>;
  /** Where due attempts go; to the courier by default. */
  readonly dispatch?: Dispatch | undefined;
  readonly journal: Pick<Journal, 'append' | 'written' | 'subscribe'>;
  readonly packs: ReadonlyMap<string, Pack>;
  readonly policyOf: (event: PackEvent) => DeliveryPolicy;
  /** Whether a registered endpoint receives callbacks. */
  readonly isEndpointEnabled: (id: string) => boolean;
  /** The secret of a registered endpoint; null when its callbacks are not signed with one. */
  readonly endpointSecret: (id: string) => string | null;
  readonly taskOf: (id: TaskId) => TaskRecord | undefined;
  /** Returns the secret that callbacks are signed with; null to send them unsigned. */
  readonly secretOf: (pack: Pack) => string | null;
  readonly userAgent: string;
  /** Counts the time that receivers have to answer while the clock moves; this process by default. */
  readonly every?: Every | undefined;
  /** Null unless traces are exported. */
  readonly tracing: Tracing | null;
  /** Called when an attempt has ended and the task's next moment may have changed. */
  readonly onEnded: (task: TaskRecord, plan: Plan) => void;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { clock, journal, taskOf } = options;
  const { dispatch = dispatchTo(options.courier) } = options;
  const rules = createDueRules(options);
  const attempts = createAttempts(options, rules);
  const flights = createFlights<TaskRecord>(options.every);
  const firstAttempts = createFirstAttempts(journal);

  /** When a delivery can be handed to the courier; null when it cannot, or the courier already has it. */
  function startableAt(task: TaskRecord, delivery: PlannedDelivery, pack: Pack): number | null {
    return flights.has(task, delivery.id) ? null : rules.dueAt(task, delivery, pack);
  }

  function open({ task, delivery }: Job, now: number): Flight {
    return flights.open(task, delivery.id, originOf(delivery.url), now);
  }

  function send(job: Job): void {
    const flight = open(job, clock.now());
    dispatch(new Sending(job, flight, attempts, settle));
  }

  function settle(job: Job, result: AttemptResult | null): void {
    const { task, plan } = job;
    // A reset in the meantime has removed the task, and with it this attempt.
    if (taskOf(plan.taskId) === task) {
      if (result !== null) attempts.end(job, result);
      options.onEnded(task, currentPlan(job));
    }
    firstAttempts.end(plan.taskId);
  }

  return {
    nextAt(task, plan) {
      const deliveries = openDeliveriesOf(task, plan);
      if (deliveries.length === 0) return null;
      const pack = rules.packOf(plan);
      let earliest: number | null = null;
      for (const delivery of deliveries) {
        const at = startableAt(task, delivery, pack);
        if (at !== null && (earliest === null || at < earliest)) earliest = at;
      }
      return earliest;
    },
    nextAttemptAt: (task, plan, delivery) =>
      progressOf(task, delivery.id).status === 'pending'
        ? startableAt(task, delivery, rules.packOf(plan))
        : null,
    isOpen: (task, plan) => openDeliveriesOf(task, plan).length > 0,
    endInterrupted(task) {
      const { plan } = task;
      for (const delivery of openDeliveriesOf(task, plan)) attempts.end({ task, plan, delivery }, CUT_SHORT);
    },
    start(task, plan, now) {
      const deliveries = openDeliveriesOf(task, plan);
      if (deliveries.length === 0) return;
      const pack = rules.packOf(plan);
      for (const delivery of deliveries) {
        const at = startableAt(task, delivery, pack);
        if (at === null || at > now) continue;
        if (rules.isSuppressed(task, plan, delivery)) attempts.abandon(task, plan, delivery);
        else send({ task, packed: task.packed, plan, delivery });
      }
    },
    resume(task, deliveryId) {
      const { plan, packed } = task;
      const delivery = openDeliveriesOf(task, plan).find(({ id }) => id === deliveryId);
      if (delivery === undefined) return;
      const job = { task, packed, plan, delivery };
      const flight = open(job, clock.now());
      const { inFlight } = progressOf(task, deliveryId);
      if (inFlight !== null) flight.begin(rules.followsAt(task, plan, delivery, inFlight.at));
      dispatch(new Sending(job, flight, attempts, settle));
    },
    flights,
    firstEnded(taskId) {
      const task = taskOf(taskId);
      const ended = task === undefined || deliveriesOf(task).some(({ id }) => hasEnded(task, id));
      return ended ? Promise.resolve() : firstAttempts.wait(taskId);
    },
  };
}

/** A class: closures for each of a hundred thousand queued deliveries would cost more memory. */
class Sending implements DueAttempt {
  readonly #job: Job;
  readonly #flight: Flight;
  readonly #attempts: Attempts;
  readonly #settle: (job: Job, result: AttemptResult | null) => void;

  constructor(
    job: Job,
    flight: Flight,
    attempts: Attempts,
    settle: (job: Job, result: AttemptResult | null) => void,
  ) {
    this.#job = job;
    this.#flight = flight;
    this.#attempts = attempts;
    this.#settle = settle;
  }

  get taskId(): TaskId {
    return this.#job.plan.taskId;
  }

  get deliveryId(): DeliveryId {
    return this.#job.delivery.id;
  }

  get n(): number {
    const { task, delivery } = this.#job;
    const { attempts, inFlight } = progressOf(task, delivery.id);
    return inFlight?.n ?? attempts.length + 1;
  }

  get url(): string {
    return this.#job.delivery.url;
  }

  get prepare(): Prepare {
    return () => this.#attempts.begin(this.#job, this.#flight);
  }

  done(result: AttemptResult | null): void {
    this.#flight.end(result?.outcome === 'timeout');
    this.#settle(this.#job, result);
  }

  fail(): void {
    this.#flight.end(false);
  }
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
