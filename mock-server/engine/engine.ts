import type { Clock, ClockMove } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import { createDeliveries, type Deliveries } from '../delivery/deliveries.ts';
import type { Dispatch } from '../delivery/dispatch.ts';
import type { Every } from '../delivery/flights.ts';
import { createTracing } from '../delivery/tracing.ts';
import { type ByteBudget, createByteBudget } from '../journal/byte-budget.ts';
import type { Fold } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import { createPlanPacker } from '../journal/packed-plan.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createTaskStore, type TaskStore } from '../journal/task-store.ts';
import type { Pack } from '../packs/pack.ts';
import { signingSecretOf } from '../packs/signing/signing-secret.ts';
import { type Amendments, createAmendments } from './amendments.ts';
import { type Answers, createAnswers } from './answers.ts';
import { createDeliveryPolicies } from './delivery-policies.ts';
import { createDerivedTasks, type DerivedTasks } from './derived-tasks.ts';
import { createEndpointDeliveries } from './endpoint-deliveries.ts';
import { createEndpointFold } from './endpoint-fold.ts';
import { createEndpoints, type Endpoints } from './endpoints.ts';
import { createHandshakes, handshakesSettled } from './handshakes.ts';
import { createMediaIds } from './media-ids.ts';
import { createNextEvent, type NextEvent } from './next-event.ts';
import { createPing, type Ping } from './ping.ts';
import { createPlanChanges } from './plan-changes.ts';
import { createPlanFor } from './plan-for.ts';
import { createRateWindows } from './rate-windows.ts';
import { createRenderedAnswers } from './rendered-answers.ts';
import { createResume, type Resume } from './resume.ts';
import { createScenarioStore, type ScenarioStore } from './scenario-store.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import type { Settings } from './settings.ts';
import { createSlots } from './slots.ts';
import { createSubmissionCounts } from './submission-counts.ts';
import { createSubmissionSeeds } from './submission-seeds.ts';
import { createSubmissions, type Submissions } from './submissions.ts';
import { createUploadFold } from './upload-fold.ts';
import { createUploads, type Uploads } from './uploads.ts';

/** Simulates the vendor: accepts submissions, answers polls, sends callbacks when they are due. Knows no HTTP. */
export interface Engine extends Submissions, Answers, Amendments, Resume, DerivedTasks {
  readonly tasks: TaskStore;
  readonly endpoints: Endpoints;
  readonly uploads: Uploads;
  readonly ping: Ping;
  readonly scenarios: ScenarioStore;
  /** Whether each poll advances time: on the `polls` clock. */
  readonly pollsMoveTime: boolean;
  /** Advances time to the task's next step, after a poll was answered. */
  polled(task: TaskRecord): void;
  /** Resolves to whether all handshakes of a task were answered, when they are settled. */
  handshakesSettled(task: TaskRecord): Promise<boolean>;
  /** Returns the next due event by name; null when nothing is due. */
  next(): NextEvent | null;
  /** When the next attempt of a delivery is due; null when it is settled, in flight, or waits for another one. */
  nextAttemptAt: Deliveries['nextAttemptAt'];
  /** Resolves after the first attempt to deliver a callback of the task. */
  firstCallback: Deliveries['firstEnded'];
  /** Advances the clock and waits for everything that is due; see Clock. */
  advance(durationMs: number): Promise<void>;
  moveTo(at: number): Promise<void>;
  reset(): void;
  /** Empties the listing of the journal; tasks stay. */
  clearJournal(): void;
  /** Number of deliveries in flight. */
  readonly inFlight: number;
  /** Number of tasks whose callbacks are not settled; counted when it is read. */
  readonly calling: number;
  settled(): Promise<void>;
  /** What the journal does not determine, for replicas that continue from a snapshot. */
  readonly schedule: Pick<Schedule, 'save' | 'load'>;
  readonly deliveries: Pick<Deliveries, 'flights' | 'resume'>;
}

export interface EngineOptions {
  readonly packs: ReadonlyMap<string, Pack>;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly courier: Pick<Courier, 'post' | 'interrupt'>;
  /** Where due attempts go; to the courier by default. */
  readonly dispatch?: Dispatch | undefined;
  /** Counts the time that receivers have to answer while the clock moves; this process by default. */
  readonly every?: Every | undefined;
  /** Whether the memory of tasks includes what only observations show; true by default. */
  readonly countsDownloads?: boolean;
  /** Whether this process may export traces; true by default. */
  readonly traces?: boolean;
  /** Posts the messages that are not callbacks; the courier by default. */
  readonly direct?: Pick<Courier, 'post'> | undefined;
  readonly settings: Settings;
  /** Bounds the bytes of tasks; unbounded by default. */
  readonly budget?: ByteBudget;
}

/** Creates the parts that are built from the entries of the journal. */
function createState(options: EngineOptions, budget: ByteBudget) {
  const { packs, clock, journal, settings, countsDownloads = true, traces = true } = options;
  const { concurrency, queue, seed } = settings;
  const packer = createPlanPacker();
  const tasks = createTaskStore({ budget, packer, secrets: journal.secrets, countsDownloads });
  const counts = createSubmissionCounts();
  const rates = createRateWindows(packs, settings);
  const slots = createSlots(concurrency === null ? null : { slots: concurrency, queue }, tasks.get);
  const handshakes = createHandshakes(tasks, journal.secrets.maskText);
  const endpointFold = createEndpointFold(journal.secrets.maskValue);
  const uploadFold = createUploadFold(budget, journal.secrets.maskText);
  for (const fold of [tasks, counts, rates, slots, handshakes, endpointFold, uploadFold])
    journal.addFold(fold as Fold);
  const endpoints = createEndpoints({ packs, journal, fold: endpointFold, seed });
  const uploads = createUploads({ journal, clock, fold: uploadFold, budget, seed });
  const seedFor = createSubmissionSeeds({ counts, tasks, seed });
  const tracing = traces ? createTracing(journal, settings.version) : null;
  return { tasks, packer, seedFor, rates, slots, handshakes, endpoints, uploads, tracing };
}

/** Wires the parts of the engine: each keeps its own state up to date from the journal. */
export function createEngine(options: EngineOptions): Engine {
  const { packs, clock, journal, courier, settings } = options;
  const { speed, keep } = settings;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY) } = options;
  const state = createState(options, budget);
  const { tasks, packer, seedFor, rates, slots, handshakes, endpoints, tracing } = state;

  const deliveries = createDeliveries({
    ...{ clock, courier, journal, packs, tracing },
    ...{ dispatch: options.dispatch, every: options.every },
    policyOf: createDeliveryPolicies(settings),
    isEndpointEnabled: (id) => endpoints.get(id)?.status === 'enabled',
    endpointSecret: endpoints.secretOf,
    taskOf: tasks.get,
    secretOf: (pack) => signingSecretOf(pack, settings),
    userAgent: `stuntdouble/${settings.version}`,
    onEnded(task, plan) {
      endpoints.disableFailing();
      schedule.settle(task, plan);
      clock.touch();
    },
  });
  const { flights } = deliveries;
  journal.subscribe(({ type }) => (type === 'server.reset' ? flights.forget() : undefined));
  const onForgotten = (): void => slots.sweep(clock.now());
  const onReached = createEndpointDeliveries({ packs, journal, endpoints, speed });
  const schedule = createSchedule({ tasks, journal, deliveries, budget, keep, onForgotten, onReached });
  clock.drive({ nextAt: schedule.nextAt, runDue: schedule.runDue, settled: flights.settled, flights });

  const shared = { packs, tasks, journal, clock, schedule, packer, tracing };
  const planFor = createPlanFor({ clock, slots, handshakes, speed });
  const submissions = createSubmissions({ ...shared, rates, budget, seedFor, planFor, onReached });
  const changes = createPlanChanges({ ...shared, slots, speed });
  const mediaIds = createMediaIds({ tasks, journal });

  return {
    ...createAnswers({ tasks, clock, rendered: createRenderedAnswers(journal), mediaIds }),
    ...createDerivedTasks({ tasks, clock }),
    ...createAmendments({ ...shared, changes }),
    ...createResume({ ...shared, deliveries }),
    submit: submissions.submit,
    get full() {
      return submissions.full;
    },
    ...{ tasks, endpoints, uploads: state.uploads },
    ping: createPing({ courier: options.direct ?? courier, clock, journal, settings }),
    scenarios: createScenarioStore(packs, journal, settings.scenario),
    pollsMoveTime: clock.mode === 'polls',
    polled: (task) => stepAfterPoll(task, clock, schedule, journal),
    handshakesSettled: (task) => handshakesSettled(task, task.plan, journal),
    next: createNextEvent(schedule, deliveries),
    nextAttemptAt: deliveries.nextAttemptAt,
    firstCallback: deliveries.firstEnded,
    advance: (durationMs) => recordMove(clock.advance(durationMs), journal),
    moveTo: (at) => recordMove(clock.moveTo(at), journal),
    reset() {
      courier.interrupt();
      clock.reset();
      journal.append({ type: 'server.reset' });
    },
    clearJournal: () => journal.clear((id) => tasks.get(id) !== undefined),
    get inFlight() {
      return flights.size;
    },
    get calling() {
      return countCalling(tasks, schedule);
    },
    settled: flights.settled,
    schedule,
    deliveries,
  };
}

function countCalling(tasks: TaskStore, schedule: Schedule): number {
  let calling = 0;
  for (const task of tasks.all()) if (schedule.isCalling(task)) calling += 1;
  return calling;
}

async function recordMove(move: Promise<ClockMove | null>, journal: Journal): Promise<void> {
  const moved = await move;
  if (moved !== null) journal.append({ type: 'clock.moved', ...moved });
}

/** On the `polls` clock. Media do not expire because a client sees the end of its task. */
function stepAfterPoll(task: TaskRecord, clock: Clock, schedule: Schedule, journal: Journal): void {
  if (clock.mode !== 'polls') return;
  const { visibleAt } = task.plan;
  const stepAt = schedule.nextStepAt(task);
  const fromAt = clock.now();
  const nextAt = visibleAt > fromAt ? Math.min(visibleAt, stepAt) : stepAt;
  if (nextAt === Number.POSITIVE_INFINITY || nextAt <= fromAt) return;
  clock.jump(nextAt);
  journal.append({ type: 'clock.moved', fromAt, toAt: clock.now() });
}
