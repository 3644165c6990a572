import type { Clock, ClockMove } from '../delivery/clock.ts';
import type { Courier } from '../delivery/courier.ts';
import { createDeliveries, type Deliveries } from '../delivery/deliveries.ts';
import type { Dispatch } from '../delivery/dispatch.ts';
import { type ByteBudget, createByteBudget } from '../journal/byte-budget.ts';
import type { Fold } from '../journal/fold.ts';
import type { Journal } from '../journal/journal.ts';
import { createPlanPacker } from '../journal/packed-plan.ts';
import type { TaskRecord } from '../journal/stored-task.ts';
import { createTaskStore, type TaskStore } from '../journal/task-store.ts';
import type { Pack } from '../packs/pack.ts';
import { type Amendments, createAmendments } from './amendments.ts';
import { type Answers, createAnswers } from './answers.ts';
import { createDeliveryPolicies } from './delivery-policies.ts';
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

/** Simulates the vendor: accepts submissions, answers polls, sends callbacks when they are due. Knows no HTTP. */
export interface Engine extends Submissions, Answers, Amendments, Resume {
  readonly tasks: TaskStore;
  readonly scenarios: ScenarioStore;
  /** Whether each poll advances time: on the `polls` clock. */
  readonly pollsMoveTime: boolean;
  /** Advances time to the task's next step, after a poll was answered. */
  polled(task: TaskRecord): void;
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
  /** Whether the memory of tasks includes what only observations show; true by default. */
  readonly countsDownloads?: boolean;
  readonly settings: Settings;
  /** Bounds the bytes of tasks; unbounded by default. */
  readonly budget?: ByteBudget;
}

/** Wires the parts of the engine: each keeps its own state up to date from the journal. */
export function createEngine(options: EngineOptions): Engine {
  const { packs, clock, journal, courier, settings } = options;
  const { budget = createByteBudget(Number.POSITIVE_INFINITY), countsDownloads = true } = options;
  const { speed, keep, concurrency, queue } = settings;
  const packer = createPlanPacker();
  const tasks = createTaskStore({ budget, packer, secrets: journal.secrets, countsDownloads });
  const counts = createSubmissionCounts();
  const rates = createRateWindows(packs, settings);
  const slots = createSlots(concurrency === null ? null : { slots: concurrency, queue }, tasks.get);
  for (const fold of [tasks, counts, rates, slots]) journal.addFold(fold as Fold);

  const deliveries = createDeliveries({
    clock,
    courier,
    dispatch: options.dispatch,
    journal,
    packs,
    policyOf: createDeliveryPolicies(settings),
    taskOf: tasks.get,
    secret: settings.secret,
    userAgent: `stuntdouble/${settings.version}`,
    onEnded(task, plan) {
      schedule.settle(task, plan);
      clock.touch();
    },
  });
  journal.subscribe(({ type }) => {
    if (type === 'server.reset') deliveries.flights.forget();
  });
  const onForgotten = (): void => slots.sweep(clock.now());
  const schedule = createSchedule({ tasks, journal, deliveries, budget, keep, onForgotten });
  const { flights } = deliveries;
  clock.drive({ nextAt: schedule.nextAt, runDue: schedule.runDue, settled: flights.settled, flights });

  const shared = { packs, tasks, journal, clock, schedule, packer };
  const seedFor = createSubmissionSeeds({ counts, tasks, seed: settings.seed });
  const planFor = createPlanFor({ clock, slots, speed });
  const submissions = createSubmissions({ ...shared, rates, budget, seedFor, planFor });
  const changes = createPlanChanges({ ...shared, slots, speed });
  const rendered = createRenderedAnswers(journal);

  return {
    ...createAnswers({ tasks, clock, rendered }),
    ...createAmendments({ ...shared, changes }),
    ...createResume({ ...shared, deliveries }),
    submit: submissions.submit,
    get full() {
      return submissions.full;
    },
    tasks,
    scenarios: createScenarioStore(packs, journal, settings.scenario),
    pollsMoveTime: clock.mode === 'polls',
    polled: (task) => stepAfterPoll(task, clock, schedule, journal),
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
